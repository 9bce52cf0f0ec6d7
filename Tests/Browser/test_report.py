"""report.html of `bsb evaluate`: one file that needs no server, with samples to browse and meshes to turn."""

import io
import json
import math
import subprocess

import pytest
from PIL import Image

from conftest import BSB

SIDES, RINGS = 16, 9


def write_tube(folder, name):
    """A tube whose lower half is its base, in the layout `simple`."""
    points = [
        (math.cos(2 * math.pi * k / SIDES), r / 2 - 2, math.sin(2 * math.pi * k / SIDES)) for r in range(RINGS) for k in range(SIDES)]
    faces, parts = [], []
    for r in range(RINGS - 1):
        for k in range(SIDES):
            a, b = r * SIDES + k, r * SIDES + (k + 1) % SIDES
            faces += [(a, a + SIDES, b), (b, a + SIDES, b + SIDES)]
            parts += [int(r >= RINGS // 2)] * 2
    lines = [f"v {x} {y} {z}" for x, y, z in points] + [f"f {a + 1} {b + 1} {c + 1}" for a, b, c in faces]
    (folder / f"{name}.obj").write_text("\n".join(lines) + "\n")
    (folder / f"{name}.labels.json").write_text(json.dumps({"names": ["base", "top"], "perFace": parts}))


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    (folder / "data" / "Tube").mkdir(parents=True)
    write_tube(folder / "data" / "Tube", "1")
    arguments = "--format simple --samples 8 --clicks-per-photo 2 --photo-size 128 --no-render-baselines --no-cache".split()
    subprocess.run(
        [BSB, "evaluate", "--data", folder / "data", *arguments, "--output", folder / "out"], check=True, capture_output=True)
    return folder / "out" / "report.html"


@pytest.fixture
def page(browser, report):
    context = browser.new_context(viewport={"width": 1200, "height": 900}, device_scale_factor=1)
    page, errors = context.new_page(), []
    page.set_default_timeout(30000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: errors.append(request.url) if not request.url.startswith(("file:", "data:")) else None)
    page.goto(report.as_uri())
    yield page
    context.close()
    assert errors == []


def picture(locator):
    return Image.open(io.BytesIO(locator.screenshot())).convert("RGB")


def shares(image):
    """The shares of pixels that are not white, and that are green: in the segment and in the part."""
    pixels = [image.getpixel((x, y)) for y in range(image.height) for x in range(image.width)]
    green = [p for p in pixels if p[1] > p[0] + 20 and p[1] > p[2] + 10]
    return sum(min(p) < 240 for p in pixels) / len(pixels), len(green) / len(pixels)


def test_a_mesh_is_turned(page):
    page.locator("figure.right img[data-mesh]").first.click()
    canvas = page.locator("figure canvas")
    page.wait_for_timeout(500)
    before = picture(canvas)
    drawn, green = shares(before)
    assert drawn > 0.1 and green > 0.02
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 130, steps=4)
    page.mouse.up()
    page.wait_for_timeout(300)
    turned = picture(canvas)
    assert turned.tobytes() != before.tobytes() and shares(turned)[0] > 0.1
    canvas.press("+")
    page.wait_for_timeout(300)
    assert shares(picture(canvas))[0] > shares(turned)[0]


def test_one_canvas_goes_from_mesh_to_mesh(page):
    meshes = page.locator("img[data-mesh]")
    for index in (0, meshes.count() - 1):
        meshes.nth(index).focus()
        page.keyboard.press("Enter")
        assert page.locator("figure canvas").count() == 1
        assert page.locator("figure").nth(index).locator("canvas").count() == 1
        assert page.locator("img.turned").count() == 1


def test_samples_are_chosen_by_part_and_by_what_became_of_them(page):
    figures = page.locator("figure")
    total = figures.count()
    buttons = page.locator(".filters button").all()
    counted = 0
    for button in buttons[1:]:
        button.click()
        shown = page.locator("figure:visible").count()
        assert f"({shown})" in button.text_content() and shown > 0
        counted += shown
    assert counted == total
    buttons[0].click()
    parts = [option for option in page.locator("select[name=part] option").all_text_contents() if "/" in option]
    shown = []
    for part in parts:
        page.select_option("select[name=part]", part)
        shown.append(page.locator("figure:visible").count())
    assert min(shown) > 0 and sum(shown) == total
