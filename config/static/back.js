// Back and forward between addresses that htmx pushed: the page is loaded anew, so that it always
// shows what its address says. Loaded without `defer`: htmx listens only when the whole page is
// there, and somebody who presses Back twice is faster than that.
addEventListener("popstate", (event) => {
  if (event.state?.htmx) location.reload();
});
