/**
 * <mfa-banner data-api="/api/mfa/">: asks to set up MFA while some active flow
 * requires it and the user has no device. It goes, here and in other tabs, as
 * soon as a device is set up, and comes when a flow is flagged meanwhile.
 */

import { Api } from "./api.js";
import { listen } from "./news.js";

const PAUSE_MS = 15_000;

class MfaBanner extends HTMLElement {
  #api;
  #askedAt = Date.now();

  connectedCallback() {
    this.#api = new Api(this.dataset.api);
    listen("enrolled", () => (this.hidden = true));
    document.addEventListener("visibilitychange", () => this.#look());
    window.addEventListener("pageshow", (event) => event.persisted && this.#ask());
  }

  #look() {
    const isDue = Date.now() - this.#askedAt > PAUSE_MS;
    const isBusy = document.querySelector("mfa-dialog")?.isOpen;
    if (!document.hidden && isDue && !isBusy) this.#ask();
  }

  async #ask() {
    if (!this.dataset.api) return;
    this.#askedAt = Date.now();
    const { outcome, body } = await this.#api.get("status/");
    if (outcome === "ok") this.hidden = !body.enrollment_required;
  }
}

customElements.define("mfa-banner", MfaBanner);
