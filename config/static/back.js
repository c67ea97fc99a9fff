// Back and forward between URLs that htmx pushed: reload the page, so that it always matches its
// URL. Loaded `async` and not `defer`: htmx starts to listen only after the page has loaded, and
// somebody may press Back twice before.
addEventListener("popstate", (event) => {
  if (event.state?.htmx) location.reload();
});
