/**
 * Tell this page and the other tabs what happened: "enrolled" or "verified".
 *
 * A page of another framework can listen too: window has the events
 * "mfa-enrolled" and "mfa-verified".
 */

const channel = "BroadcastChannel" in window ? new BroadcastChannel("accessflow-mfa") : null;
const KNOWN = ["enrolled", "verified"];

export function tell(what) {
  channel?.postMessage(what);
  announceHere(what, false);
}

export function listen(what, heard) {
  window.addEventListener(`mfa-${what}`, heard);
}

function announceHere(what, fromAnotherTab) {
  window.dispatchEvent(new CustomEvent(`mfa-${what}`, { detail: { fromAnotherTab } }));
}

channel?.addEventListener("message", ({ data }) => {
  if (KNOWN.includes(data)) announceHere(data, true);
});
