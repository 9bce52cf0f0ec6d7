"""The page itself: sizes, light and dark, screen readers, other tabs, other sites."""

import http.server
import io
import shutil
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from driver import BLUE


@pytest.mark.parametrize("width, height", [(1280, 720), (1024, 768), (820, 1180), (1920, 1080)])
def test_nothing_is_cut_off(open_studio, width, height):
    page = open_studio(width, height).page
    cut = page.evaluate("""() => [...document.querySelectorAll('button, canvas, input:not([type=file]):not([type=radio])')].filter(e => e.checkVisibility()).filter(e => {
      const r = e.getBoundingClientRect();
      return r.left < -0.5 || r.top < -0.5 || r.right > innerWidth + 0.5 || r.bottom > innerHeight + 0.5;
    }).map(e => [e.id || e.textContent, JSON.stringify(e.getBoundingClientRect())])""")
    assert cut == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight")
    for canvas in ("#photo", "#mesh"):
        box = page.locator(canvas).bounding_box()
        assert box["width"] > 300 and box["height"] > 240


def test_many_open_files_leave_the_panes_their_places(open_studio, server):
    """The strips of thumbnails are scrolled: they neither widen a pane nor push it over its neighbour."""
    page = open_studio(1024, 768).page
    places = lambda page: [page.locator(canvas).bounding_box() for canvas in ("#photo", "#mesh")]
    picture, cube = io.BytesIO(), b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n"
    Image.new("RGB", (64, 48)).save(picture, "PNG")
    for kind, name, data in (("photos", "grey.png", picture.getvalue()), ("meshes", "corner.obj", cube)):
        for _ in range(12):
            page.request.post(
                f"{server.address}/api/{kind}?name={name}", data=data, headers={"Content-Type": "application/octet-stream"}).json()["id"]
    later = open_studio(1024, 768).page
    for pane in ("#photo-pane", "#mesh-pane"):
        assert later.locator(f"{pane} .thumbnail").count() >= 12
    assert places(later) == places(page)


def test_a_finger_on_a_tablet(open_studio, example):
    studio = open_studio(820, 1180, has_touch=True).open_example(example("guitar"))
    studio.page.touchscreen.tap(*studio.place_of(*studio.click_of_example))
    studio.answered()
    assert studio.coloured(BLUE) > 100


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing(open_studio, example, scheme):
    studio = open_studio(color_scheme=scheme).open_example(example("guitar"))
    assert studio.page.locator(f"html[data-theme={scheme}]").count() == 1
    studio.click_photo().answered()
    studio.keep("head")
    studio.click_photo().answered().settled()
    found = Axe().run(studio.page).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == []


def test_the_theme_is_chosen_and_kept(open_studio):
    studio = open_studio(color_scheme="dark")
    studio.page.click("#theme")
    studio.page.reload()
    studio.page.locator("html[data-theme=light]").wait_for()


def test_the_verdict_is_read_out(guitar):
    guitar.click_photo().answered()
    title = guitar.page.locator("#verdict-title").text_content()
    assert title in guitar.page.locator("#spoken").text_content()


def test_a_file_that_is_none_is_told(open_studio, tmp_path):
    studio = open_studio()
    (tmp_path / "broken.obj").write_text("v 0 0\nf 1 2 3\n")
    studio.page.locator("#failures").wait_for(state="attached")
    with studio.page.expect_response(lambda r: "/api/meshes" in r.url) as answer:
        studio.drop("#mesh-pane", tmp_path / "broken.obj")
    assert answer.value.status in (400, 422)
    assert "broken.obj" in studio.page.locator("#failures p").first.text_content()
    # the browser itself logs a refused request
    assert all("422" in error for error in open_studio.errors)
    open_studio.errors.clear()


def test_files_of_a_given_folder_are_opened_from_a_list(studio, given, example):
    (given / "tools").mkdir(exist_ok=True)
    shutil.copy(example("guitar") / "mesh.obj", given / "tools" / "lute.obj")
    studio.page.click("#browse")
    root, tools = (studio.page.locator("#folder-list button", has_text=name) for name in (given.name, "tools"))
    expect(root.or_(tools).first).to_be_visible()
    if root.count():
        root.click()
    tools.click()
    studio.page.locator("#folder-list button", has_text="lute.obj").click()
    expect(studio.page.locator("#mesh-pane .file-name")).to_have_text("lute.obj")


def test_two_tabs_do_not_disturb_each_other(open_studio, example):
    one, two = open_studio(), open_studio()
    one.open_example(example("guitar"))
    two.open_example(example("guitar"))
    one.click_photo()
    two.click_photo()
    one.answered()
    two.answered()
    assert one.faces == two.faces
    assert one.coloured(BLUE) > 100 and two.coloured(BLUE) > 100


def test_the_last_of_many_clicks_is_answered(guitar):
    x, y = guitar.click_of_example
    for k in range(10):
        guitar.click_photo(x, y + 12 * (9 - k))
    guitar.answered()
    many = guitar.faces
    guitar.press("Escape")
    guitar.click_photo(x, y).answered()
    assert guitar.faces == many


def test_another_site_gets_nothing(browser, server):
    """A page of another origin can neither read the studio nor make it do anything, nor show it in a frame."""
    class Hostile(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>hostile</title>")

        def log_message(self, *_):
            pass

    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{site.server_port}/")
    results = page.evaluate("""async base => {
      const attempt = async (path, options) => { try { const r = await fetch(base + path, options); return r.type === 'opaque' ? 'opaque' : await r.text(); } catch (e) { return 'refused'; } };
      const frame = document.createElement('iframe');
      frame.src = base + '/';
      document.body.append(frame);
      await new Promise(done => { frame.onload = done; setTimeout(done, 3000); });
      let inside = 'hidden';
      try { inside = frame.contentDocument?.title ?? 'hidden'; } catch (e) {}
      return [
        await attempt('/api/photos'), await attempt('/api/version'),
        await attempt('/api/examples/mug', { method: 'POST' }),
        await attempt('/api/examples/mug', { method: 'POST', mode: 'no-cors', body: '' }), inside,
      ];
    }""", server.address)
    opened = browser.new_page()
    opened.goto(server.address + "/")
    opened.wait_for_selector("html[data-ready]")
    photos = opened.evaluate("fetch('/api/photos').then(r => r.json()).then(list => list.map(photo => photo.name))")
    page.close()
    opened.close()
    site.shutdown()
    assert results[:3] == ["refused", "refused", "refused"]
    assert results[4] == "hidden"
    assert not any("mug" in name for name in photos)
