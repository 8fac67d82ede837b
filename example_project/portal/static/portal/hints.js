/** What a request will ask for, brought up to date once a code was given or an app was set up. */

import { api } from "./server.js";

for (const news of ["mfa-verified", "mfa-enrolled"]) {
  window.addEventListener(news, () => document.querySelectorAll("[data-asks]").forEach(refresh));
}

async function refresh(hints) {
  const { outcome, body } = await api.get(`flows/${hints.dataset.asks}/requirement/`);
  if (outcome !== "ok") return;
  for (const hint of hints.children) hint.hidden = hint.dataset.hint !== hintFor(body);
}

function hintFor({ require_mfa: isRequired, satisfied, enrolled }) {
  if (!isRequired) return "free";
  if (satisfied) return "verified";
  return enrolled ? "code" : "enroll";
}
