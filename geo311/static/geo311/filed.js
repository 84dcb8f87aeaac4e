// The report has arrived: the drafts of this tab are no longer needed.

if (document.querySelector("[data-filed]")) {
  for (const key of Object.keys(sessionStorage).filter((each) => each.startsWith("draft:"))) {
    sessionStorage.removeItem(key);
  }
}
