/** Where the focus goes when what had it is gone. */

export function giveFocusBack(element) {
  const target = isThere(element) ? element : (counterpartOf(element) ?? heading());
  target?.focus();
}

function isThere(element) {
  return element !== document.body && element?.isConnected && element.getClientRects().length > 0;
}

/** A link to the same place, where the page has been brought up to date or the banner has gone. */
function counterpartOf(element) {
  const address = element?.getAttribute("href");
  return address && [...document.querySelectorAll(`main a[href="${CSS.escape(address)}"]`)].find(isThere);
}

function heading() {
  const found = document.querySelector("main h1");
  if (found) found.tabIndex = -1;
  return found;
}
