#!/usr/bin/env python3
"""Reports of results, made by anemonctl and looked at in a real Chromium."""

import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import sample  # noqa: E402
from browser import Browser, skip_without_chromium  # noqa: E402

ROOT = HERE.parent.parent
NPM = ROOT / "build/tools/npm/web"
ANEMONCTL = os.environ.get("ANEMONCTL", "build/bin/anemonctl")
NOT_BUILT = "makes no HTML reports"


class Reports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)

    def report(self, result, *options, status=0):
        document = self.top / "result.json"
        document.write_text(result if isinstance(result, str) else json.dumps(result))
        made = subprocess.run([ANEMONCTL, "report", str(document), *options], text=True,
                              capture_output=True, timeout=120, check=False)
        if NOT_BUILT in made.stderr:
            self.skipTest("this build has no Node packages")
        self.assertEqual(made.returncode, status, made.stderr)
        return made

    def page(self, result):
        self.report(result, "--to", str(self.top / "report.html"))
        return self.top / "report.html"


class Texts(Reports):
    def test_csv_has_metric_value_and_unit_of_every_number(self):
        rows = list(csv.reader(io.StringIO(self.report(sample.profile(), "-f", "csv").stdout)))
        self.assertEqual(rows[0], ["Metric", "Value", "Unit"])
        for row in (["inference_time_ms", "1.02", "ms"], ["percentiles.p90.high", "1.05", "ms"],
                    ["average_power_watts", "2.4", "W"], ["layer_timings_ms.conv0", "0.4", "ms"],
                    ["efficiency_tops_per_watt", "0.0083", "TOPS/W"], ["score", "62", ""]):
            self.assertIn(row, rows)
        self.assertFalse([row for row in rows if row[0].startswith("idle_power")], "absent is left out")

    def test_names_do_not_become_formulas_or_cells(self):
        rows = list(csv.reader(io.StringIO(self.report(sample.hostile(), "-f", "csv").stdout)))
        self.assertTrue(all(len(row) == 3 for row in rows))
        self.assertFalse([row for row in rows if row[0][0] in "=+-@"])
        self.assertIn('layer_timings_ms.a,"b"\n', [row[0] for row in rows])

    def test_markdown_says_what_is_absent_and_why(self):
        text = self.report(sample.profile(), "-f", "markdown").stdout
        self.assertIn("| idle power | absent | no idle time was asked for |", text)
        self.assertIn("| p90 | 1.05 ms (1.04 to 1.05) | measured |", text)
        self.assertNotIn("<script>", self.report(sample.hostile(), "-f", "markdown").stdout)

    def test_what_is_no_result_is_refused_with_what_to_do(self):
        for wrong in ("", "{", "[]", '{"schema": "anemon.model/1"}'):
            self.assertIn("docs/result-json.md", self.report(wrong, status=1).stderr)

    def test_a_result_that_is_too_large_loses_samples_and_says_so(self):
        page = self.page(sample.profile(samples=200_000))
        self.assertLess(page.stat().st_size, 1_500_000)
        self.assertIn('"kept_share":0.', page.read_text())


class Script(unittest.TestCase):
    @unittest.skipUnless((NPM / ".complete").exists(), "npm could not install the script's packages")
    def test_the_script_keeps_to_its_types(self):
        with tempfile.TemporaryDirectory() as folder:
            web = pathlib.Path(folder) / "web"
            shutil.copytree(ROOT / "profiler/report/web", web)
            (web / "node_modules").symlink_to(NPM / "node_modules")
            checked = subprocess.run([NPM / "node_modules/.bin/tsc", "--project", web], text=True,
                                     capture_output=True, timeout=120, check=False)
        self.assertEqual((checked.stdout, checked.returncode), ("", 0))


@skip_without_chromium
class Pages(Reports):
    @classmethod
    def setUpClass(cls):
        cls.browser = cls.enterClassContext(Browser())

    def open(self, result):
        page = self.page(result)
        self.browser.reset()
        self.browser.open(page.as_uri())
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual([url for url in self.browser.requests() if not url.startswith(("file:", "data:"))], [])
        return self.browser

    def assert_readable(self):
        # Chart.js sizes its canvases by their style.
        self.assertEqual([each for each in self.browser.audit() if "inline style" not in each], [])

    def test_every_kind_of_result_renders_without_network_or_complaint(self):
        for make in (sample.profile, sample.comparison, sample.sweep, sample.failed):
            with self.subTest(make.__name__):
                browser = self.open(make())
                self.assertIn("anemon 0.1.0", browser.text())
                self.assert_readable()

    def test_every_number_has_its_mark_and_what_is_absent_its_reason(self):
        browser = self.open(sample.profile())
        unmarked = browser.run("""return [...document.querySelectorAll("main .number")]
            .filter(each => !each.querySelector(".mark")).map(each => each.innerText)""")
        self.assertEqual(unmarked, [])
        self.assertIn("absent: no idle time was asked for", browser.text("#power"))

    def test_names_are_text_and_never_markup(self):
        browser = self.open(sample.hostile())
        self.assertEqual(browser.run("return document.querySelector('h1').textContent"), sample.HOSTILE)
        self.assertNotEqual(browser.run("return document.title"), "taken")
        self.assertEqual(browser.run("return document.querySelectorAll('main script, main img').length"), 0)

    def test_layers_are_sorted_by_a_press_of_the_keyboard(self):
        browser = self.open(sample.profile())
        first = "return document.querySelector('.sortable tbody tr').cells[0].innerText"
        browser.run("document.querySelectorAll('.sortable button')[4].focus()")
        browser.press("\ue007")
        self.assertEqual(browser.run(first), "conv29")  # most MACs
        browser.press("\ue007")
        self.assertEqual(browser.run(first), "conv0")

    def test_a_chart_tells_its_points_when_pointed_at(self):
        browser = self.open(sample.profile())
        painted = """const all = [...document.querySelectorAll("canvas")];
            return all.filter(c => c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some(b => b)).length
                === all.length && all.length"""
        self.assertGreaterEqual(browser.eventually(painted), 5)
        before = browser.run("return document.querySelector('#power canvas').toDataURL()")
        browser.run("document.querySelector('#power canvas').scrollIntoView({block: 'center'})")
        x, y = browser.run("""const box = document.querySelector("#power canvas").getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]""")
        browser.devtools("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        browser.eventually("return document.querySelector('#power canvas').toDataURL() !== arguments[0]",
                           before, what="a tooltip")

    def test_dark_and_paper_have_colours_of_their_own(self):
        browser = self.open(sample.profile())
        colour = "return getComputedStyle(document.body).backgroundColor"
        self.assertEqual(browser.run(colour), "rgb(255, 255, 255)")
        browser.prefer(color_scheme="dark")
        self.assertNotEqual(browser.run(colour), "rgb(255, 255, 255)")
        self.assert_readable()
        browser.run("window.dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(browser.run(colour), "rgb(255, 255, 255)")
        browser.run("window.dispatchEvent(new Event('afterprint'))")
        self.assertNotEqual(browser.run(colour), "rgb(255, 255, 255)")
        pdf = browser.devtools("Page.printToPDF")["data"]
        self.assertGreater(len(pdf), 20_000)

    def test_a_phone_scrolls_tables_and_not_the_page(self):
        browser = self.open(sample.profile())
        browser.resize(360, 740, phone=True)
        browser.eventually("return document.scrollingElement.scrollWidth <= 360")


if __name__ == "__main__":
    unittest.main()
