"""A picture of the studio at work: `scripts/check-studio --picture FILE [EXAMPLE]`, by default with the guitar.

Opens an example's photo and mesh, clicks in the photo, and writes what is then on the page, 1280 x 720.
"""

import pathlib
import subprocess
import sys
import tempfile

from playwright.sync_api import sync_playwright

from conftest import BSB, CHROMIUM, Server
from driver import BLUE, Studio


def main(file, kind="guitar"):
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        folder = pathlib.Path(folder)
        subprocess.run([BSB, "example", kind, "--output", folder / kind], check=True, capture_output=True)
        server = Server(folder)
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--enable-unsafe-swiftshader"])
            page = browser.new_context(viewport={"width": 1280, "height": 720}, device_scale_factor=1).new_page()
            page.goto(server.address + "/")
            page.wait_for_selector("html[data-ready]")
            studio = Studio(page).open_example(folder / kind)
            studio.click_photo().answered()
            if studio.grade == "none" or not studio.coloured(BLUE):
                sys.exit(f"no part is lit: the verdict is '{studio.grade}'")
            page.screenshot(path=file)
            browser.close()
        finally:
            server.stop()
    print(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
