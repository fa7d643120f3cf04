#!/usr/bin/env python3
"""Opens HTML reports in headless Chromium and uses them.

usage: browser_test.py --tinyml PROGRAM --make-testdata PROGRAM --out FOLDER

No console error, hover and click work, what the page shows are the numbers of
the JSON report, and names of the model stay text. Screenshots are kept in
FOLDER. Exits with 77 if there is no browser.
"""
import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

TESTDATA = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "..", "..", "testdata")
TARGETS = ["nano-33-ble-sense", "cortex-m55", "esp32-s3-devkitc-1"]


def expect(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(part) for part in what))


def commas(number):
    return format(number, ",")


def find_browser():
    """(chromedriver, chromium), or a sentence that says what is missing."""
    driver = os.environ.get("CHROMEDRIVER") or shutil.which("chromedriver")
    if not driver:
        return None, "no chromedriver (Debian: chromium-driver)"
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return (driver, path), ""
    return None, "no Chromium (Debian: chromium)"


def why_not(programs):
    """Why the browser does not start on this machine; "" if it does."""
    reason = ""
    for _ in range(2):
        try:
            with Browser(programs):
                return ""
        except (WebDriverException, OSError) as error:
            reason = (str(error).strip() or repr(error)).splitlines()[0]
    return "the browser does not start: " + reason


class Browser(webdriver.Chrome):
    """A headless Chromium with a window of a given size in CSS pixels."""

    def __init__(self, programs, width=1280, height=900, dark=False, touch=False):
        options = webdriver.ChromeOptions()
        options.binary_location = programs[1]
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu",
                         "--disable-dev-shm-usage",
                         "--force-device-scale-factor=1",
                         "--window-size=%d,%d" % (width, height)):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        super().__init__(service=Service(programs[0]), options=options)
        scheme = {"name": "prefers-color-scheme",
                  "value": "dark" if dark else "light"}
        self.devtools("Emulation.setEmulatedMedia", features=[scheme])
        self.devtools("Emulation.setDeviceMetricsOverride", width=width,
                      height=height, deviceScaleFactor=1, mobile=touch)
        if touch:
            self.devtools("Emulation.setTouchEmulationEnabled", enabled=True)

    def devtools(self, name, **parameters):
        return self.execute_cdp_cmd(name, parameters)

    def run(self, script, *arguments):
        return self.execute_script(script, *arguments)

    def open(self, path):
        self.get("file://" + os.path.abspath(path))

    def mouse(self, kind, x, y, **more):
        self.devtools("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def move(self, x, y):
        self.mouse("mouseMoved", x, y)

    def click(self, x, y):
        self.mouse("mousePressed", x, y, button="left", clickCount=1)
        self.mouse("mouseReleased", x, y, button="left", clickCount=1)

    def tap(self, x, y):
        self.devtools("Input.dispatchTouchEvent", type="touchStart",
                      touchPoints=[{"x": x, "y": y}])
        self.devtools("Input.dispatchTouchEvent", type="touchEnd",
                      touchPoints=[])

    def press(self, key):
        ActionChains(self).send_keys(key).perform()

    def errors(self):
        """Console messages since the last call: errors, warnings."""
        return [entry["message"] for entry in self.get_log("browser")
                if entry["level"] in ("SEVERE", "WARNING")]

    def whole_page(self, path):
        """A screenshot of more than the window shows."""
        width, height = self.execute_script(
            "return [document.documentElement.clientWidth,"
            " document.documentElement.scrollHeight];")
        picture = self.devtools("Page.captureScreenshot",
                                captureBeyondViewport=True,
                                clip={"x": 0, "y": 0, "width": width,
                                      "height": height, "scale": 1})
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))


class Report:
    """A model's report in HTML and in JSON."""

    def __init__(self, tinyml, model, targets, folder, name, *more):
        self.page = os.path.join(folder, name + ".html")
        command = [tinyml, "arena-size", model]
        for target in targets:
            command += ["--target", target]
        command += more
        run = subprocess.run(command + ["--format", "html", "-o", self.page],
                             stderr=subprocess.PIPE, check=False, text=True)
        expect(run.returncode in (0, 1, 3), run.stderr)
        text = subprocess.run(command + ["--format", "json"], check=False,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout
        self.json = json.loads(text)

    def live(self, target, scope):
        return [buffer for buffer in self.json["targets"][target]["buffers"]
                if max(buffer["first_used"], 0) <= scope <=
                max(buffer["last_used"], 0)]


def center(browser, selector):
    """Middle of an element, scrolled into view."""
    return browser.run(
        "const e = document.querySelector(arguments[0]);"
        "e.scrollIntoView({block: 'center'});"
        "const b = e.getBoundingClientRect();"
        "return [b.x + b.width / 2, b.y + b.height / 2];", selector)


def text(browser, selector):
    return browser.run(
        "return document.querySelector(arguments[0]).textContent;", selector)


def settle(browser):
    """Waits until what was asked for has been drawn."""
    browser.execute_async_script(
        "const done = arguments[0];"
        "requestAnimationFrame(() => requestAnimationFrame(() => done()));")


def choose_target(browser, index):
    browser.click(*center(
        browser, "#targets tbody tr:nth-child(%d) button" % (index + 1)))
    settle(browser)


def check_numbers(browser, report):
    rows = browser.run(
        "return [...document.querySelectorAll('#targets tbody tr')].map("
        "(row) => [...row.cells].map((cell) => cell.textContent));")
    for index, target in enumerate(report.json["targets"]):
        expect(rows[index][0] == target["target"], rows[index])
        if "error" in target:
            expect(target["error"] in rows[index][1], rows[index])
            continue
        expect(rows[index][1] == commas(target["required_arena_bytes"]) and
               rows[index][2] == commas(target["arena_used_bytes"]),
               rows[index])
        choose_target(browser, index)
        peak = text(browser, "#peak")
        for name in ("required_arena_bytes", "arena_used_bytes", "head_bytes",
                     "tail_bytes"):
            expect(commas(target[name]) in peak, name, "is not in", peak)
        if "peak_operator" in target:
            expect(text(browser, "#map text.peak") ==
                   "peak " + commas(target["head_bytes"]), "wrong peak mark")
            expect("operator" in peak, peak)
        check_table(browser, report, target)
        check_breakdown(browser, target)
    embedded = browser.run(
        "return JSON.parse(document.getElementById('report').textContent);")
    expect(embedded == report.json, "the page holds another report")


def check_table(browser, report, target):
    rows = browser.run(
        "return [...document.querySelectorAll('#operators tbody tr')].map("
        "(row) => [...row.cells].map((cell) => cell.textContent));")
    macs = {(op["subgraph"], op["index"]): op["macs"]
            for op in report.json["graph"]["operators"]}
    graphs = len(report.json["graph"]["subgraphs"]) > 1
    for row, op in zip(rows, target["operators"]):
        want = [str(op["subgraph"])] if graphs else []
        want += [commas(op["index"]), op["name"],
                 commas(macs[op["subgraph"], op["index"]]),
                 commas(op["persistent_bytes"]),
                 commas(sum(op["scratch_bytes"]))]
        expect(row[:-1] == want, row, want)


def check_breakdown(browser, target):
    rows = browser.run(
        "return [...document.querySelectorAll('#breakdown tbody tr')].map("
        "(row) => [...row.cells].slice(0, 2).map((cell) => cell.textContent));")
    expect(rows == [[commas(share["bytes"]), share["what"]]
                    for share in target["breakdown"]], rows)


def check_hover(browser, report, target):
    """Every buffer of some size says its name, size, life, maker, readers."""
    choose_target(browser, target)
    center(browser, "#map")
    boxes = browser.run(
        "return [...document.querySelectorAll('#map .buffer')].map((rect) => {"
        " const b = rect.getBoundingClientRect();"
        " return [b.x, b.y, b.width, b.height]; });")
    buffers = report.json["targets"][target]["buffers"]
    expect(len(boxes) == len(buffers), len(boxes), "rectangles")
    seen = 0
    for (x, y, width, height), buffer in zip(boxes, buffers):
        if height < 6 or width < 6 or seen == 12:
            continue
        seen += 1
        browser.move(x + width / 2, y + height / 2)
        settle(browser)
        tip = text(browser, "#tip")
        for want in (buffer["name"], commas(buffer["size_bytes"]),
                     "made by", "read by", commas(buffer["offset_bytes"])):
            expect(want in tip, repr(want), "is not in", repr(tip))
    expect(seen > 2, "only", seen, "buffers to point at")


def check_click(browser, report, target):
    """A click on an operator lists exactly what is live there."""
    choose_target(browser, target)
    for scope in (1, len(report.json["graph"]["scopes"]) // 2):
        browser.click(*center(browser, "#map .op[data-scope='%d']" % scope))
        settle(browser)
        names = browser.run(
            "return [...document.querySelectorAll('#live-body tr button')]"
            ".map((button) => button.textContent);")
        live = report.live(target, scope)
        expect(sorted(names) == sorted(b["name"] for b in live), names)
        total = commas(sum(buffer["size_bytes"] for buffer in live))
        expect(total in text(browser, "#live-body"), total, "is not shown")
        dark = browser.run("return document.querySelectorAll("
                           "'#map .chosen .buffer.on').length;")
        expect(dark == len(live), dark, "buffers are marked")


def check_sorting(browser, report):
    browser.click(*center(browser, "#operators th:nth-child(3) button"))
    macs = browser.run(
        "return [...document.querySelectorAll('#operators tbody tr')].map("
        "(row) => Number(row.cells[2].textContent.replaceAll(',', '')));")
    expect(macs == sorted(macs, reverse=True), "not sorted:", macs)
    expect(sorted(macs) == sorted(op["macs"] for op in
                                  report.json["graph"]["operators"]), macs)


def check_keyboard(browser, report, target):
    choose_target(browser, target)
    browser.run("document.getElementById('map').focus();")
    browser.press("p")
    before = text(browser, "#live-title")
    expect("the peak" in before, before)
    browser.press(Keys.ARROW_RIGHT)
    expect(text(browser, "#live-title") != before, "the right arrow does nothing")
    browser.press(Keys.ARROW_LEFT)
    expect(text(browser, "#live-title") == before, "the left arrow is no way back")
    browser.press(Keys.ARROW_UP)
    lowest = min(report.live(target, peak_scope(report, target)),
                 key=lambda buffer: buffer["offset_bytes"])
    expect(text(browser, "#buffer-title") == lowest["name"],
           "the up arrow does not start at the lowest buffer")
    expect(lowest["name"] in text(browser, "#announce"), "it is not announced")
    browser.press(Keys.ESCAPE)
    expect(text(browser, "#buffer-title") == "Buffer", "Escape keeps the buffer")


def peak_scope(report, target):
    peak = report.json["targets"][target]["peak_operator"]
    scopes = [index for index, scope in enumerate(report.json["graph"]["scopes"])
              if scope.get("operator") == peak["index"] and
              scope["subgraph"] == peak["subgraph"]]
    return max(scopes, key=lambda scope: sum(
        buffer["size_bytes"] for buffer in report.live(target, scope)))


def check_desktop(programs, args, report):
    for dark in (False, True):
        with Browser(programs, 1280, 900, dark) as browser:
            browser.open(report.page)
            if not dark:
                check_numbers(browser, report)
                check_hover(browser, report, 0)
                check_click(browser, report, 0)
                check_sorting(browser, report)
                check_keyboard(browser, report, 0)
                wide = browser.run(
                    "document.getElementById('zoom-in').click();"
                    "return document.querySelector('#map .plot').clientWidth"
                    " > document.getElementById('map').clientWidth;")
                expect(wide, "the map does not become wider")
                browser.run("document.getElementById('zoom-fit').click();"
                            "document.getElementById('head-only').click();")
                check_hover(browser, report, 0)
                browser.run("document.getElementById('head-only').click();")
            expect(not browser.errors(), "the console has errors")
            name = "dark" if dark else "light"
            browser.whole_page(os.path.join(args.out, "desktop_%s.png" % name))
            check_hover(browser, report, 0)
            browser.save_screenshot(
                os.path.join(args.out, "hover_%s.png" % name))
            expect(not browser.errors(), "the console has errors")


def check_phone(programs, args, report):
    for dark in (False, True):
        with Browser(programs, 390, 844, dark, touch=True) as browser:
            browser.open(report.page)
            settle(browser)
            sideways = browser.run(
                "return document.documentElement.scrollWidth -"
                " document.documentElement.clientWidth;")
            expect(sideways <= 0, "the page is", sideways, "pixels too wide")
            center(browser, "#map")
            x, y, name = browser.run(
                "const all = [...document.querySelectorAll('#map .buffer')];"
                "all.sort((a, b) => b.width.baseVal.value * b.height.baseVal"
                ".value - a.width.baseVal.value * a.height.baseVal.value);"
                "const b = all[0].getBoundingClientRect();"
                "return [b.x + b.width / 2, b.y + b.height / 2,"
                " all[0].dataset.buffer];")
            browser.tap(x, y)
            settle(browser)
            want = report.json["targets"][0]["buffers"][int(name)]["name"]
            expect(text(browser, "#buffer-title") == want,
                   "a tap does not name the buffer")
            expect(not browser.errors(), "the console has errors")
            browser.whole_page(os.path.join(
                args.out, "phone_%s.png" % ("dark" if dark else "light")))


def check_long(programs, args, report, name):
    """A page of many operators works; prints how long things take."""
    with Browser(programs) as browser:
        browser.open(report.page)
        settle(browser)
        # From a task that handles one to the frame that shows it.
        took = browser.execute_async_script("""
            const done = arguments[0];
            const map = document.getElementById("map");
            const load = performance.getEntriesByType("navigation")[0];
            const frame = () => new Promise((resolve) => requestAnimationFrame(
              () => setTimeout(resolve)));
            const ops = document.querySelectorAll("#map .op");
            (async () => {
              let choose = 0;
              let hover = 0;
              for (let i = 0; i < 20; ++i) {
                const op = ops[Math.floor(i * (ops.length - 1) / 19)];
                const box = op.getBoundingClientRect();
                const place = {clientX: box.x + box.width / 2, bubbles: true,
                               clientY: box.y + 2, pointerType: "mouse"};
                let start = performance.now();
                op.dispatchEvent(new MouseEvent("click", place));
                await frame();
                choose = Math.max(choose, performance.now() - start);
                start = performance.now();
                place.clientY = box.y - 40;
                map.dispatchEvent(new PointerEvent("pointermove", place));
                await frame();
                hover = Math.max(hover, performance.now() - start);
              }
              done({load: load.loadEventEnd / 1000, choose: choose / 1000,
                    hover: hover / 1000});
            })();""")
        print("%s: %s" % (name, ", ".join(
            "%s %.0f ms" % (what, 1000 * seconds)
            for what, seconds in took.items())))
        expect(not browser.errors(), "the console has errors")
        browser.save_screenshot(os.path.join(args.out, name + ".png"))


def check_hostile(programs, args, work):
    """Names that are HTML stay text."""
    with open(os.path.join(TESTDATA, "keyword_int8.tflite"), "rb") as file:
        model = file.read()
    tensor = b"</script><i>x"
    expect(len(tensor) == len(b"probabilities"), "of one length")
    model = model.replace(b"probabilities", tensor)
    path = os.path.join(
        work, "<img src=x onerror=\"document.title='run'\"><b>.tflite")
    with open(path, "wb") as file:
        file.write(model)
    report = Report(args.tinyml, path, TARGETS[:1], work, "hostile")
    names = [b["name"] for b in report.json["targets"][0]["buffers"]]
    expect(tensor.decode() in names, "the model lost its name")
    with Browser(programs) as browser:
        browser.open(report.page)
        settle(browser)
        check_numbers(browser, report)
        scope = len(report.json["graph"]["scopes"]) - 1
        browser.click(*center(browser, "#map .op[data-scope='%d']" % scope))
        settle(browser)
        expect(tensor.decode() in text(browser, "#live-body"),
               "the name is not shown as it is")
        expect(text(browser, "#model") == path, "the path is not shown")
        expect(browser.run("return document.querySelectorAll("
                           "'img, #live-body b, #model *').length;") == 0,
               "a name became an element")
        expect(browser.run("return document.title;") != "run", "a name ran")
        expect(not browser.errors(), "the console has errors")


def check_growth(programs, args, work):
    """The page says what grew since a baseline, as the JSON does; keys alone
    choose another target and an operator."""
    old = os.path.join(work, "old.json")
    with open(old, "w", encoding="utf-8") as file:
        subprocess.run([args.tinyml, "arena-size",
                        os.path.join(TESTDATA, "keyword_int8.tflite"),
                        "--target", TARGETS[0], "--format", "json"],
                       stdout=file, check=True)
    report = Report(args.tinyml, os.path.join(TESTDATA, "keyword_float.tflite"),
                    TARGETS[:2], work, "growth", "--baseline", old,
                    "--max-growth", "2%")
    growth = report.json["targets"][0]["growth"]
    with Browser(programs) as browser:
        browser.open(report.page)
        settle(browser)
        shown = text(browser, "#growth-body")
        for want in (commas(growth["required_arena_bytes"]),
                     "+" + commas(growth["required_change_bytes"]),
                     "more than the 2% allowed"):
            expect(want in shown, repr(want), "is not in", shown)
        rows = browser.run(
            "return [...document.querySelectorAll('#growth-body tr')].map("
            "(row) => Number(row.cells[1].textContent.replaceAll(',', '')));")
        expect(sum(rows) == growth["required_change_bytes"],
               "the causes do not add up:", rows)
        expect("Grew more" in text(browser, "#verdict"), "no verdict")
        browser.whole_page(os.path.join(args.out, "growth.png"))
        browser.run("document.body.tabIndex = -1; document.body.focus();")
        for _ in range(2):
            browser.press(Keys.TAB)
        browser.press(Keys.ENTER)
        settle(browser)
        expect(TARGETS[1] in text(browser, "#map-title"),
               "Tab and Enter do not choose a target")
        expect("no figures" in text(browser, "#growth-body"), "a new target")
        browser.run("document.querySelector("
                    "'#operators tbody tr:nth-child(3) button').focus();")
        browser.press(Keys.ENTER)
        expect("operator 2 " in text(browser, "#live-title"),
               "Enter does not choose an operator")
        expect(not browser.errors(), "the console has errors")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tinyml", required=True)
    parser.add_argument("--make-testdata", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    programs, missing = find_browser()
    if programs is not None:
        missing = why_not(programs)
    if missing:
        print("skipped: " + missing)
        return 77
    os.makedirs(args.out, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tinyml_report_") as work:
        model = os.path.join(TESTDATA, "keyword_int8.tflite")
        report = Report(args.tinyml, model, TARGETS, work, "keyword",
                        "--budget", "32K")
        check_desktop(programs, args, report)
        check_phone(programs, args, report)
        check_hostile(programs, args, work)
        check_growth(programs, args, work)
        for name in ("control_flow", "hybrid_refused", "offline_plan"):
            other = Report(args.tinyml,
                           os.path.join(TESTDATA, name + ".tflite"),
                           TARGETS[:2], work, name)
            with Browser(programs) as browser:
                browser.open(other.page)
                settle(browser)
                check_numbers(browser, other)
                expect(not browser.errors(), name, "the console has errors")
        long_model = os.path.join(work, "long.tflite")
        subprocess.run([args.make_testdata, "--operators", "1000", long_model],
                       check=True)
        check_long(programs, args, Report(
            args.tinyml, long_model, TARGETS, work, "operators_1000"),
            "operators_1000")
        shared = os.environ.get("TINYML_SHARED", os.path.join(
            TESTDATA, "..", "..", "shared"))
        alexa = os.path.join(shared, "models", "esphome_alexa.tflite")
        if os.path.exists(alexa):
            check_long(programs, args, Report(
                args.tinyml, alexa, TARGETS, work, "alexa"), "esphome_alexa")
    print("screenshots: " + os.path.abspath(args.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
