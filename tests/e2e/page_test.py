#!/usr/bin/env python3
"""The page at / as people meet it, in a real Chromium.

  page_test.py --screenshots DIRECTORY    writes page.png and page-phone.png instead of testing
"""

import html.parser
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from anemond import SLOW, Daemon, eventually  # noqa: E402
from browser import Browser, skip_without_chromium  # noqa: E402

TRACES = pathlib.Path(__file__).parent.parent / "fixtures/traces"
HOSTILE = {"name": "<script>document.title='owned'<!--",
           "labels": {"note": "\"><img src=x onerror=alert(1)>", "and": "' & </td></table></main>"}}
READ = "return document.getElementById('read').dateTime"


def replay(trace="busy_m5.jsonl", *arguments):
    return Daemon(arguments=["--replay", str(TRACES / trace), *arguments])


def busy(daemon):
    """Waits until the recording's readings are there."""
    def there():
        text = daemon.get("/").text()
        return "2.50 W" in text and "GiB/s" in text
    eventually(there, what="power and bandwidth on the page")


class Balance(html.parser.HTMLParser):
    """Complains about tags that are not closed, or by something else."""
    VOID = {"meta", "link", "img", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids = [], [], set()

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.ids.update(value for name, value in attrs if name == "id")

    def handle_startendtag(self, tag, attrs):
        if tag != "rect":
            self.wrong.append(f"<{tag}/>")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


@skip_without_chromium
class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser().__enter__()
        cls.addClassCleanup(cls.browser.__exit__, None, None, None)

    def setUp(self):
        self.browser.reset()

    def assert_quiet(self, daemon):
        """No complaint of the browser's, and nothing asked of anybody but the daemon."""
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual([url for url in self.browser.requests()
                          if not url.startswith(daemon.url + "/") and url != "about:blank"], [])
        entries = self.browser.run(
            "return performance.getEntriesByType('resource').map((entry) => entry.name)")
        self.assertTrue(entries)
        self.assertEqual([url for url in entries if not url.startswith(daemon.url + "/")], [])

    def refreshed(self, times=1):
        """Waits for the page to have refreshed itself so many times."""
        for _ in range(times):
            self.browser.eventually(
                "return document.getElementById('read').dateTime !== arguments[0]",
                self.browser.run(READ), what="the page refreshed")

    def test_a_busy_machine_is_shown_and_every_reader_can_read_it(self):
        with replay() as daemon:
            daemon.control("POST", "/v1/sessions", {"name": "prefill", "labels": {"batch": "8"}})
            busy(daemon)
            self.browser.open(daemon.url + "/")
            # Rates are the mean of some seconds.
            self.browser.eventually("return document.body.innerText.includes('7.75 GiB/s')")
            text = self.browser.text()
            for part in ("Apple M5", "Mac17,2", "macOS 26.6 (25G60)", "replay of a recording",
                         "2.50 W", "60.0 %", "14.0 GiB", "4608 MHz", "moderate", "°C", "7.75 GiB/s",
                         "measured", "derived", "estimated", "prefill", "batch=8", daemon.url[7:],
                         "clock points do not fit the clock table", "refused"):
                self.assertIn(part, text)
            self.assertEqual(self.browser.run("return document.title"), "Apple M5 · anemon")
            for scheme in ("light", "dark"):
                for width in (1200, 360):
                    with self.subTest(scheme=scheme, width=width):
                        self.browser.prefer(color_scheme=scheme)
                        self.browser.resize(width, 800)
                        self.assertEqual(self.browser.audit(), [])
                        self.browser.run("document.querySelectorAll('details')"
                                         ".forEach((one) => one.open = true)")
                        self.assertEqual(self.browser.audit(), [])
            self.assert_quiet(daemon)

    def test_it_is_whole_without_script(self):
        with replay() as daemon:
            busy(daemon)
            answer = daemon.get("/")
            balance = Balance()
            balance.feed(answer.text())
            self.assertEqual((balance.wrong, balance.open), ([], []))
            self.browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
            self.browser.open(daemon.url + "/")
            # No script answers: what is laid out is asked of the browser's accessibility tree.
            nodes = self.browser.devtools("Accessibility.getFullAXTree")["nodes"]
            said = [node["name"]["value"] for node in nodes if not node["ignored"]
                    and node.get("name", {}).get("value")]
            self.assertIn("State of every signal", said)
            self.assertTrue([one for one in said if "2.50 W" in one])
            self.assertTrue([one for one in said if "Scripts are off" in one])
            self.assertNotIn("Pause refreshing", said)

    def test_a_screen_reader_finds_landmarks_tables_and_headings_on_a_phone_too(self):
        with replay() as daemon:
            busy(daemon)
            for width in (1200, 360):
                self.browser.resize(width, 800, phone=width < 400)
                self.browser.open(daemon.url + "/")
                nodes = [node for node in
                         self.browser.devtools("Accessibility.getFullAXTree")["nodes"]
                         if not node["ignored"]]
                roles = [node["role"]["value"] for node in nodes]
                for role in ("banner", "main", "contentinfo", "navigation"):
                    self.assertEqual(roles.count(role), 1, role)
                captions = {node["name"]["value"] for node in nodes
                            if node["role"]["value"] == "table"}
                self.assertLessEqual({"Power", "Neural Engine", "Memory",
                                      "Signals that cannot be read, and why"}, captions)
                heads = {node["name"]["value"] for node in nodes
                         if node["role"]["value"] == "columnheader"}
                self.assertLessEqual({"Reading", "Value", "Provenance", "Signal", "Reason"}, heads)
                self.assertNotIn("LayoutTable", roles)

    def test_it_refreshes_itself_and_disturbs_nobody(self):
        with replay() as daemon:
            busy(daemon)
            self.browser.open(daemon.url + "/")
            self.browser.run("""
                window.unchanged = document.querySelector('main h2');
                const part = document.getElementById('live-signals');
                part.open = true;
                part.querySelector('summary').focus();
                window.scrollTo(0, 700);
                const range = document.createRange();
                range.selectNodeContents(part.querySelector('code'));
                getSelection().addRange(range);""")
            self.browser.eventually("return scrollY === 700", what="scrolled")
            self.refreshed(2)
            self.assertEqual(self.browser.run("""
                const part = document.getElementById('live-signals');
                return [window.unchanged === document.querySelector('main h2'), part.open,
                        document.activeElement === part.querySelector('summary'),
                        scrollY, getSelection().toString()]"""),
                             [True, True, True, 700, "anemon_energy_joules_total"])
            # A reading that changes: the whole system takes 15 to 18 W by turns.
            value = ("return [...document.querySelectorAll('.glance dt')].find((name) =>"
                     " name.textContent === 'Whole system').nextElementSibling"
                     ".querySelector('.value').textContent")
            first = self.browser.run(value)
            self.assertRegex(first, r"^1[5678]\.\d W$")
            self.browser.eventually(value.replace("return ", "return arguments[0] !== "), first,
                                    what="another reading")
            # A new session comes by itself, and goes.
            session = daemon.control("POST", "/v1/sessions", {"name": "later"}).json()["id"]
            self.browser.eventually("return document.getElementById('main').innerText"
                                    ".includes('later')", what="the session")
            daemon.control("POST", f"/v1/sessions/{session}/stop")
            self.browser.eventually("return !document.getElementById('main').innerText"
                                    ".includes('later')", what="the session gone")
            self.assertEqual(self.browser.text("#connection"), "")
            self.assertEqual(self.browser.audit(), [])
            self.assert_quiet(daemon)

    def test_what_comes_from_outside_is_text(self):
        with replay() as daemon:
            self.assertEqual(daemon.control("POST", "/v1/sessions", HOSTILE).status, 201)
            eventually(lambda: "&lt;script&gt;" in daemon.get("/").text(), what="the session")
            self.browser.open(daemon.url + "/")
            self.refreshed()
            text = self.browser.text(".sessions")
            self.assertIn(HOSTILE["name"], text)
            for name, value in HOSTILE["labels"].items():
                self.assertIn(f"{name}={value}", text)
            self.assertEqual(self.browser.run(
                "return [document.querySelectorAll('main script, main img').length,"
                " document.querySelectorAll('script').length, document.title]"),
                             [0, 1, "Apple M5 · anemon"])
            self.assertEqual(self.browser.audit(), [])
            self.assert_quiet(daemon)

    def test_its_policy_holds_against_what_got_in_all_the_same(self):
        with replay() as daemon:
            self.browser.open(daemon.url + "/")
            self.browser.run("""
                window.broken = [];
                document.addEventListener('securitypolicyviolation', (event) =>
                    window.broken.push(event.effectiveDirective));
                document.body.insertAdjacentHTML('beforeend',
                    '<img src="http://127.0.0.1:9/x"><p onclick="1" style="color:red"></p>'
                    + '<iframe src="/metrics"></iframe>');
                const script = document.createElement('script');
                script.textContent = 'window.owned = true';
                document.body.append(script);
                fetch('http://127.0.0.1:9/').catch(() => {});""")
            self.browser.eventually(
                "return ['img-src', 'script-src-elem', 'connect-src', 'style-src-attr',"
                " 'frame-src'].every((one) => window.broken.includes(one))",
                what="everything refused")
            self.assertIsNone(self.browser.run("return window.owned"))

    def test_a_daemon_that_is_gone_is_said_to_be_and_found_again(self):
        with replay() as daemon:
            busy(daemon)
            self.browser.open(daemon.url + "/")
            self.refreshed()
            read = self.browser.text("#read")
            daemon.kill()
            self.browser.eventually(
                "return document.getElementById('connection').innerText"
                ".includes('does not answer')", what="the page says so")
            said = self.browser.text("#connection")
            self.assertRegex(said, r"was read at \d\d:\d\d:\d\d UTC. Still trying.")
            self.assertGreaterEqual(said.split(" at ")[1], read)
            self.assertIn("2.50 W", self.browser.text())  # with its time
            self.assertEqual(self.browser.audit(), [])

            port = daemon.port
            daemon.command = lambda: [part.replace("127.0.0.1:0", f"127.0.0.1:{port}")
                                      for part in Daemon.command(daemon)]
            daemon.start()
            self.assertEqual(daemon.port, port)
            self.browser.eventually("return document.getElementById('connection').textContent"
                                    " === ''", what="the page recovers")
            self.refreshed()

    def test_it_pauses_for_its_reader_and_while_nobody_looks(self):
        def outdated():
            """Whether the daemon has gone on for three periods while the page stood still."""
            now = daemon.get("/").text().split('datetime="')[1][:23]
            shown = self.browser.run(READ)[:23]
            stamps = [time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S") for stamp in (now, shown)]
            return time.mktime(stamps[0]) - time.mktime(stamps[1]) >= 6

        with replay() as daemon:
            busy(daemon)
            self.browser.open(daemon.url + "/")
            self.refreshed()
            button = "document.getElementById('pause')"
            self.browser.run(f"{button}.focus()")
            self.browser.press(" ")
            self.assertEqual(self.browser.run(f"return {button}.getAttribute('aria-pressed')"),
                             "true")
            eventually(outdated, what="a page that stands still")
            self.browser.press(" ")
            self.refreshed(2)

            hide = ("Object.defineProperty(document, 'hidden', {value: arguments[0],"
                    " configurable: true}); document.dispatchEvent(new Event('visibilitychange'))")
            self.browser.run(hide, True)
            eventually(outdated, what="a hidden page that stands still")
            self.browser.run(hide, False)
            self.refreshed(2)

    def test_it_fits_a_phone(self):
        with replay() as daemon:
            busy(daemon)
            daemon.control("POST", "/v1/sessions", {**HOSTILE, "name": "x" * 64})
            eventually(lambda: "x" * 64 in daemon.get("/").text(), what="the session")
            for width in (360, 320):
                self.browser.resize(width, 740, scale=2, phone=True)
                self.browser.open(daemon.url + "/")
                for openness in ("false", "true"):
                    self.browser.run("document.querySelectorAll('details')"
                                     f".forEach((one) => one.open = {openness})")
                    self.assertLessEqual(
                        self.browser.run("return document.scrollingElement.scrollWidth"), width)
                    # Nothing sticks out of its card either.
                    self.assertEqual(self.browser.run("""
                        const edge = document.documentElement.clientWidth;
                        return [...document.querySelectorAll('body *')]
                            .filter((one) => !one.closest('.scroll, .quiet, .wide thead')
                                    && one.checkVisibility()
                                    && one.getBoundingClientRect().right > edge)
                            .map((one) => one.outerHTML.slice(0, 80))"""), [])

    def test_dark_and_still_where_that_is_wished_for(self):
        with replay() as daemon:
            self.browser.open(daemon.url + "/")
            ground = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g)[0] * 1"
            self.browser.prefer(color_scheme="light")
            self.assertGreater(self.browser.run(ground), 240)
            self.browser.prefer(color_scheme="dark")
            self.assertLess(self.browser.run(ground), 40)
            moves = ("return [...document.querySelectorAll('*')].filter((one) =>"
                     " getComputedStyle(one).transitionDuration !== '0s' ||"
                     " getComputedStyle(one).animationName !== 'none').length")
            self.browser.prefer(reduced_motion="reduce")
            self.assertEqual(self.browser.run(moves), 0)

    def test_the_keyboard_reaches_everything_and_shows_where_it_is(self):
        with replay() as daemon:
            busy(daemon)
            self.browser.open(daemon.url + "/")
            self.browser.press("\ue004")  # Tab
            reached = []
            for _ in range(60):
                at = self.browser.run("""
                    const at = document.activeElement;
                    const outline = getComputedStyle(at);
                    return [at.nodeName, at.id || at.getAttribute('href') || at.parentElement.id,
                            outline.outlineStyle !== 'none' && outline.outlineWidth]""")
                if at[0] == "BODY":
                    break
                self.assertNotIn(at[2], (False, "0px"), at)
                reached.append(at[1])
                self.browser.press("\ue004")
            wanted = self.browser.run("""
                return [...document.querySelectorAll('a[href], button, summary')]
                    .filter((one) => one.checkVisibility())
                    .map((one) => one.id || one.getAttribute('href') || one.parentElement.id)""")
            self.assertEqual(reached, wanted)
            self.browser.run("document.querySelector('#live-signals summary').focus()")
            self.browser.press("\ue007")  # Enter
            self.assertTrue(self.browser.run("return document.getElementById('live-signals').open"))

    def test_a_machine_that_says_little_is_explained(self):
        for daemon in (Daemon(), replay("virtual_machine.jsonl"), replay("energy_gated_macos27.jsonl")):
            with daemon:
                self.browser.open(daemon.url + "/")
                self.assertEqual(self.browser.audit(), [])
                signals = daemon.get("/v1/status").json()["signals"]
                text = self.browser.text("#main")
                self.browser.run("document.getElementById('live-signals').open = true")
                for signal in signals:
                    if signal["state"] not in ("live", "unproven", "stale"):  # those move
                        self.assertIn(signal["reason"], text)
                        self.assertIn(signal["signal"], text)
                self.assert_quiet(daemon)


def screenshots(directory):
    """The pictures of the documentation."""
    with replay() as daemon, Browser() as browser:
        daemon.control("POST", "/v1/sessions", {"name": "prefill, 8 at once",
                                                "labels": {"model": "encoder", "batch": "8"}})
        busy(daemon)
        time.sleep(6 * SLOW)  # pictures only: until means are of their whole span
        browser.resize(1200, 900)
        browser.open(daemon.url + "/")
        browser.screenshot(directory / "page.png", 1400)
        browser.resize(360, 780, scale=2, phone=True)
        browser.open(daemon.url + "/")
        browser.screenshot(directory / "page-phone.png", 1250)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--screenshots":
        screenshots(pathlib.Path(sys.argv[2]))
    else:
        unittest.main()
