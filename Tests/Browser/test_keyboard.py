"""Everything without a pointer."""


def test_a_part_by_keyboard_only(guitar):
    page, (x, y) = guitar.page, guitar.click_of_example
    page.locator("#photo").focus()
    width, height = guitar.size
    scale = guitar.place_of(1, 0)[0] - guitar.place_of(0, 0)[0]
    steps = [("ArrowRight" if x > width / 2 else "ArrowLeft", abs(x - width / 2)), ("ArrowDown" if y > height / 2 else "ArrowUp", abs(y - height / 2))]
    for key, distance in steps:
        for _ in range(round(distance * scale / 12)):
            page.keyboard.press(key)
    page.keyboard.press("Enter")
    guitar.answered()
    assert guitar.faces > 0
    guitar.keep("head")
    assert guitar.parts == ["head"]
    assert page.evaluate("document.activeElement.id") == "mesh"
    before = guitar.picture().tobytes()
    guitar.press("ArrowLeft", "ArrowLeft")
    assert guitar.picture().tobytes() != before
    guitar.press("Enter")
    guitar.answered()
    guitar.press("Control+e")
    assert page.locator("#export-dialog").is_visible()
    guitar.press("Escape")
    assert not page.locator("#export-dialog").is_visible()


def test_tab_reaches_all_and_focus_is_seen(guitar):
    page = guitar.page
    page.locator("body").press("Tab")
    seen = set()
    for _ in range(60):
        state = page.evaluate("""() => {
          const e = document.activeElement, s = getComputedStyle(e), t = e.matches('.segments input') ? getComputedStyle(e.nextElementSibling) : s;
          return { id: e.id || e.className || e.name, isSeen: e === document.body || t.outlineStyle !== 'none' || t.boxShadow !== 'none' };
        }""")
        assert state["isSeen"], state
        seen.add(state["id"])
        page.keyboard.press("Tab")
    assert {"photo", "mesh", "tool-point", "tool-erase", "theme", "help", "map", "browse", "level"} <= seen


def test_help_lists_the_keys(studio):
    studio.press("?")
    assert studio.page.locator("#help-dialog kbd").count() > 30
    studio.press("Escape")
    assert not studio.page.locator("#help-dialog").is_visible()
