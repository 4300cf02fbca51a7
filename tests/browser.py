"""A headless Chromium for tests of pages, driven over WebDriver (Debian: chromium,
chromium-driver, python3-selenium).

`skip_without_chromium` gives the reason when one is missing. What a page must never do (console
errors, requests to others, breaking its Content-Security-Policy) and must always be (readable by a
screen reader, in the terms of AUDIT below) is checked by methods, so that every page is held to the
same.
"""

import base64
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

DEBIAN_MODULES = "/usr/lib/python3/dist-packages"
SLOW = float(os.environ.get("ANEMON_TEST_SLOWDOWN", "1"))  # sanitizers


def missing():
    """What of a browser is not installed; empty when all is there."""
    gone = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    # Debian's modules are there for other interpreters of the same language, too.
    if not importlib.util.find_spec("selenium") and DEBIAN_MODULES not in sys.path:
        sys.path.append(DEBIAN_MODULES)
    if not importlib.util.find_spec("selenium"):
        gone.append("python3-selenium")
    return ", ".join(gone)


def skip_without_chromium(test):
    gone = missing()
    return unittest.skipIf(gone, f"not installed: {gone} (scripts/install-dependencies --test)")(test)


# Structure, names, keyboard and colours of the page as it is shown now; a list of complaints.
AUDIT = (pathlib.Path(__file__).parent / "page_audit.js").read_text()


class Browser:
    """`with Browser() as browser:`; the profile is of its own and goes with it."""

    def __init__(self, width=1200, height=900):
        self.first_size = self.size = (width, height)
        self.driver = None
        self.profile = None

    def __enter__(self):
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service
        self.profile = tempfile.mkdtemp(prefix="anemon-chromium-")
        options = Options()
        options.binary_location = shutil.which("chromium")
        for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage",
                         "--disable-background-networking", "--disable-component-update",
                         "--disable-sync", "--no-first-run", "--hide-scrollbars",
                         "--force-color-profile=srgb", "--lang=en-US",
                         f"--user-data-dir={self.profile}",
                         f"--window-size={self.size[0]},{self.size[1]}"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # Chromium's sandbox refuses root
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = Service(shutil.which("chromedriver"), log_path=os.devnull)
        self.driver = webdriver.Chrome(service=service, options=options)
        self.driver.set_page_load_timeout(60 * SLOW)
        self.driver.set_script_timeout(60 * SLOW)
        self.reset()  # away from the browser's own start page
        return self

    def __exit__(self, *_):
        try:
            self.driver.quit()
        finally:
            shutil.rmtree(self.profile, ignore_errors=True)

    def reset(self):
        """An empty page of the first size, with nothing emulated and nothing yet said."""
        self.devtools("Emulation.setScriptExecutionDisabled", value=False)
        self.prefer()
        self.resize(*self.first_size)
        self.open("about:blank")
        self.complaints()
        self.requests()

    def devtools(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def resize(self, width, height, scale=1, phone=False):
        """The size of the page itself, without any window around it."""
        self.size = (width, height)
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height,
                      deviceScaleFactor=scale, mobile=phone)

    def prefer(self, **features):
        """prefer(color_scheme="dark", reduced_motion="reduce"); none: as the system has it."""
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-" + name.replace("_", "-"), "value": value}
            for name, value in features.items()])

    def open(self, url):
        self.driver.get(url)

    def run(self, script, *arguments):
        """The value of a function's body in the page."""
        return self.driver.execute_script(script, *arguments)

    def text(self, selector="body"):
        return self.run("return document.querySelector(arguments[0]).innerText", selector)

    def eventually(self, script, *arguments, limit=30.0, what=None):
        """The first true value of a function's body in the page."""
        until = time.monotonic() + limit * SLOW
        while True:
            value = self.run(script, *arguments)
            if value:
                return value
            if time.monotonic() > until:
                raise AssertionError(f"{what or script} was not true within {limit * SLOW:.0f} s")
            time.sleep(0.05)

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains
        actions = ActionChains(self.driver)
        for key in keys:
            actions.send_keys(key)
        actions.perform()

    def complaints(self):
        """Errors and warnings of the console since the last call: broken policies are among them."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("SEVERE", "WARNING")]

    def requests(self):
        """Every URL asked for since the last call, as the network layer saw it."""
        urls = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                urls.append(message["params"]["request"]["url"])
        return urls

    def audit(self):
        return self.run(AUDIT)

    def screenshot(self, path, height=None):
        """A PNG of the page down to `height`; nothing: all of it."""
        width = self.size[0]
        full = self.run("return document.scrollingElement.scrollHeight")
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                             clip={"x": 0, "y": 0, "width": width,
                                   "height": min(full, height or full), "scale": 1})
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))
        if shutil.which("optipng"):
            subprocess.run(["optipng", "-quiet", str(path)], check=True)
