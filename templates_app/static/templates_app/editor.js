// Insert a variable at the cursor. Without JavaScript it can be copied from the list.

let target = document.querySelector("textarea[data-inserts]");

document.addEventListener("focusin", ({ target: field }) => {
  if (field.matches("[data-inserts]")) target = field;
});

document.addEventListener("click", ({ target: pressed }) => {
  const button = pressed.closest("[data-variable]");
  if (!button) return;
  target.focus();
  // execCommand, where it is supported, can be undone with Ctrl+Z.
  if (document.execCommand("insertText", false, button.dataset.variable)) return;
  target.setRangeText(button.dataset.variable, target.selectionStart, target.selectionEnd, "end");
  target.dispatchEvent(new Event("input", { bubbles: true }));
});
