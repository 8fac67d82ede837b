/** The portal's own script: what a team writes around stepUpFetch(). */

import "./activity.js";
import "./hints.js";
import "./kept-forms.js";
import "./menus.js";
import { call } from "./server.js";

// Vaults

async function openVault(button) {
  const result = button.closest(".vault").querySelector("[data-result]");
  const { ok, body, problem } = await call(button.dataset.openVault);
  result.dataset.is = ok ? "opened" : "refused";
  result.replaceChildren(...(ok ? [body.secret] : problem));
}

for (const button of document.querySelectorAll("[data-open-vault]")) {
  button.addEventListener("click", () => openVault(button));
}
document.querySelector("[data-open-all]")?.addEventListener("click", () => {
  document.querySelectorAll("[data-open-vault]").forEach(openVault);
});

// Forms that are calls of the API

for (const form of document.querySelectorAll("form[data-call]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form, event.submitter));
    const { ok, problem } = await call(form.dataset.call, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
    if (ok) location.assign(form.dataset.then);
    else form.querySelector("[data-problem]").replaceChildren(...problem);
  });
}
