"""What a mouse drags and what a keyboard finds, beyond a press."""

import base64

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor

FARTHEST = 60
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
    # A link's page may still be on its way, and the script below waits for nothing.
    visitor.page.locator("[data-dropzone]").wait_for(state="attached")
    visitor.page.evaluate(DROP, [name, base64.b64encode(content).decode()])
    return visitor.sees(name)


def tabs_to(visitor: Visitor, goal: Locator) -> None:
    """By as many presses as it takes, and then it is plain to see."""
    for _ in range(FARTHEST):
        if goal.evaluate("element => element === document.activeElement"):
            break
        visitor.page.keyboard.press("Tab")
    expect(goal).to_be_focused()
    outline = goal.evaluate(
        "element => { const style = getComputedStyle(element);"
        " return style.outlineStyle + style.boxShadow }"
    )
    assert outline != "nonenone", "nothing shows where the focus is"
