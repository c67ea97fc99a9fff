"""Drag and drop, and moving the focus by keyboard."""

import base64

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor

MAX_TABS = 60
DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dropped = new DataTransfer();
  dropped.items.add(new File([bytes], name));
  const zone = document.querySelector("[data-dropzone]");
  const how = { dataTransfer: dropped, bubbles: true, cancelable: true };
  for (const type of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(type, how));
  }
}"""


def drops(visitor: Visitor, name: str, content: bytes) -> Visitor:
    """Drop a file onto the upload zone."""
    # The script below does not wait for the page to load.
    visitor.page.locator("[data-dropzone]").wait_for(state="attached")
    visitor.page.evaluate(DROP, [name, base64.b64encode(content).decode()])
    return visitor.sees(name)


def tabs_to(visitor: Visitor, goal: Locator) -> None:
    """Press Tab until the element has the focus, and check that the focus is visible."""
    for _ in range(MAX_TABS):
        if goal.evaluate("element => element === document.activeElement"):
            break
        visitor.page.keyboard.press("Tab")
    expect(goal).to_be_focused()
    outline = goal.evaluate(
        "element => { const style = getComputedStyle(element);"
        " return style.outlineStyle + style.boxShadow }"
    )
    assert outline != "nonenone", "the focus is not visible"
