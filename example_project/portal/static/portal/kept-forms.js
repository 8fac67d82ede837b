/**
 * Forms of which nothing typed gets lost: they are sent once the server is there and knows the session.
 *
 * data-keep="step-up" is one that was refused: a fresh code first, then the same form again.
 */

import { api, dialog, problemOf } from "./server.js";

for (const form of document.querySelectorAll("form[data-keep]")) keep(form);

function keep(form) {
  let isChecked = false;
  let isChecking = false;

  async function check(submitter) {
    const { outcome, body } = await api.get("status/");
    form.querySelector("[data-problem]").replaceChildren(...(outcome === "ok" ? [] : problemOf(outcome)));
    if (outcome !== "ok") return;
    if (form.dataset.keep === "step-up" && !(await dialog.stepUp(body))) return;
    isChecked = true;
    form.requestSubmit(submitter);
    isChecked = false;
  }

  async function checkOnce(submitter) {
    if (isChecking) return;
    isChecking = true;
    await check(submitter);
    isChecking = false;
  }

  form.addEventListener("submit", (event) => {
    if (isChecked) return;
    event.preventDefault();
    checkOnce(event.submitter);
  });
  if (form.dataset.keep === "step-up") customElements.whenDefined("mfa-dialog").then(() => checkOnce(null));
}
