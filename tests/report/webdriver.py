"""A small WebDriver client: enough to drive Chromium through chromedriver."""
import base64
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


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
        except (RuntimeError, OSError) as error:
            reason = str(error).splitlines()[0] if str(error) else repr(error)
    return "the browser does not start: " + reason


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Browser:
    """A headless Chromium; use as a context manager."""

    def __init__(self, programs, width=1280, height=900, dark=False, touch=False):
        self.profile = tempfile.mkdtemp(prefix="tinyml_browser_")
        port = free_port()
        self.server = "http://127.0.0.1:%d" % port
        self.log = open(os.path.join(self.profile, "chromedriver.log"), "wb")
        self.process = subprocess.Popen(
            [programs[0], "--port=%d" % port], stdout=self.log,
            stderr=subprocess.STDOUT, env=dict(os.environ, HOME=self.profile))
        self.session = None
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu",
                     "--disable-dev-shm-usage", "--force-device-scale-factor=1",
                     "--window-size=%d,%d" % (width, height),
                     "--user-data-dir=" + os.path.join(self.profile, "data")]
        options = {"binary": programs[1], "args": arguments}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL"}}
        for _ in range(150):
            try:
                self.call("GET", "/status")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        try:
            answer = self.call("POST", "/session",
                               {"capabilities": {"alwaysMatch": wanted}})
        except (RuntimeError, OSError):
            self.__exit__()
            raise
        self.session = answer["sessionId"]
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme",
             "value": "dark" if dark else "light"}])
        self.devtools("Emulation.setDeviceMetricsOverride", width=width,
                      height=height, deviceScaleFactor=1, mobile=touch)
        if touch:
            self.devtools("Emulation.setTouchEmulationEnabled", enabled=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            if self.session:
                self.call("DELETE", "/session/" + self.session)
        except OSError:
            pass
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.server + path, data, {"Content-Type": "application/json"},
            method=method)
        # No proxy of the environment is meant for this.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=90) as response:
                return json.loads(response.read())["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode()[:2000]) from error

    def command(self, path, body=None, method="POST"):
        return self.call(method, "/session/%s%s" % (self.session, path), body)

    def devtools(self, name, **parameters):
        return self.command("/goog/cdp/execute",
                            {"cmd": name, "params": parameters})

    def open(self, path):
        self.command("/url", {"url": "file://" + os.path.abspath(path)})

    def run(self, script, *arguments):
        return self.command("/execute/sync",
                            {"script": script, "args": list(arguments)})

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
        code = {"Enter": 13, "Tab": 9, "Escape": 27, "ArrowLeft": 37,
                "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}.get(key, 0)
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.devtools("Input.dispatchKeyEvent", type=kind, key=key,
                          windowsVirtualKeyCode=code, **more)

    def errors(self):
        """What the console has said since the last call: errors, warnings."""
        return [entry["message"] for entry in
                self.command("/se/log", {"type": "browser"})
                if entry["level"] in ("SEVERE", "WARNING")]

    def screenshot(self, path, whole=True):
        picture = self.devtools("Page.captureScreenshot",
                                captureBeyondViewport=whole, **(
                                    {"clip": self.page_box()} if whole else {}))
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))

    def page_box(self):
        width, height = self.run(
            "return [document.documentElement.clientWidth,"
            " document.documentElement.scrollHeight];")
        return {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
