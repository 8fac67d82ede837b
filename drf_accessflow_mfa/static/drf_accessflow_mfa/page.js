/** Helps on server-rendered pages: everything here works without them, too. */

import { copy, download } from "./clipboard.js";
import { enhanceCodeField } from "./code-field.js";
import { countDown } from "./countdown.js";
import { bringUpToDate, renewToken } from "./csrf.js";
import { giveFocusBack } from "./focus.js";
import { durationInWords, momentInWords } from "./language.js";
import { listen } from "./news.js";
import { parsed } from "./safe-markup.js";

export function enhance(root) {
  for (const moment of root.querySelectorAll("[data-mfa-moment]")) showLocally(moment);
  for (const field of root.querySelectorAll("[data-mfa-code]")) {
    enhanceCodeField(field, { submit: () => field.form.requestSubmit() });
  }
  for (const element of root.querySelectorAll("[data-mfa-countdown]")) lockFor(element);
  for (const hidden of root.querySelectorAll("[data-mfa-copy][hidden], [data-mfa-tools][hidden]")) {
    hidden.hidden = false;
  }
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-mfa-copy], [data-mfa-download], [data-mfa-print], [data-mfa-enroll], [data-mfa-step-up]");
  if (!target || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const scope = target.closest("form, section, dialog") ?? document;
  const { mfaCopy, mfaDownload, mfaFile } = target.dataset;
  if (mfaCopy) copy(scope.querySelector(mfaCopy), target).then((isCopied) => isCopied && announce(target.dataset.mfaCopied));
  else if (mfaDownload) download(scope.querySelector(mfaDownload), mfaFile);
  else if ("mfaPrint" in target.dataset) print();
  else openDialog(event, target);
});

// Whatever another tab did meanwhile: a form counts with the token of this moment.
document.addEventListener("submit", ({ target }) => bringUpToDate([target.elements.csrfmiddlewaretoken]), true);

function openDialog(event, link) {
  const dialog = document.querySelector("mfa-dialog");
  if (!dialog?.isReady) return;
  event.preventDefault();
  if ("mfaEnroll" in link.dataset) dialog.enroll();
  else dialog.stepUp().then((isVerified) => isVerified && location.assign(link.href));
}

/** Bring the regions of this page up to date without reloading it. */
async function refreshRegions() {
  const regions = [...document.querySelectorAll("[data-mfa-region]")];
  if (!regions.length) return;
  try {
    const page = parsed(await (await fetch(location.pathname, { cache: "no-store" })).text());
    const focused = document.activeElement;
    for (const region of regions) {
      const fresh = page.querySelector(`[data-mfa-region="${region.dataset.mfaRegion}"]`);
      if (!fresh) continue;
      region.replaceChildren(...document.importNode(fresh, true).childNodes);
      enhance(region);
    }
    if (!focused.isConnected) giveFocusBack(focused);
  } catch {
    // Offline: the page stays as it is, and says what it said.
  }
}

function showLocally(element) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  element.textContent = momentInWords(moment, element);
}

function lockFor(element) {
  const form = element.closest("form");
  const controls = form ? [...form.querySelectorAll("[name=code], .afm-actions button")] : [];
  const text = document.querySelector("mfa-dialog")?.text("retry-after");
  for (const control of controls) control.disabled = true;
  countDown(element, Number(element.dataset.mfaCountdown), {
    text,
    soon: (left) => announce(text?.replace("{wait}", durationInWords(left, element))),
    over: () => {
      for (const control of controls) control.disabled = false;
      element.hidden = false;
      element.textContent = element.dataset.mfaOver;
      announce(element.dataset.mfaOver);
      controls[0]?.focus();
    },
  });
}

function announce(words) {
  document.querySelector("mfa-dialog")?.announce(words);
}

for (const news of ["enrolled", "verified"]) {
  listen(news, refreshRegions);
  listen(news, ({ detail }) => detail.fromAnotherTab && renewToken());
}
// A page from the back-forward cache may tell an old story.
window.addEventListener("pageshow", (event) => event.persisted && refreshRegions());
