// Puts a variable where one is writing. Without this the list can still be read and copied by hand.

let target = document.querySelector("textarea[data-inserts]");

document.addEventListener("focusin", ({ target: field }) => {
  if (field.matches("[data-inserts]")) target = field;
});

document.addEventListener("click", ({ target: pressed }) => {
  const button = pressed.closest("[data-variable]");
  if (!button) return;
  target.focus();
  // By the browser's own hand where it has one, for then Ctrl+Z takes it back.
  if (document.execCommand("insertText", false, button.dataset.variable)) return;
  target.setRangeText(button.dataset.variable, target.selectionStart, target.selectionEnd, "end");
  target.dispatchEvent(new Event("input", { bubbles: true }));
});
