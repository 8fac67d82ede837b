/**
 * <mfa-dialog>: one native dialog for step-up and enrollment.
 *
 * stepUp(challenge) and enroll() resolve to whether the user got through.
 * While it is open, further calls join it: several challenged requests open
 * one dialog. All texts come from the server, in its templates.
 */

import { Api } from "./api.js";
import { digitsIn } from "./code-field.js";
import { renewToken } from "./csrf.js";
import { DialogWindow } from "./dialog-window.js";
import { listen, tell } from "./news.js";
import { parsed } from "./safe-markup.js";

const CLOCK_HINT_AFTER = 2;
const ENROLL_FIRST = "mfa_enrollment_required";

class MfaDialog extends HTMLElement {
  #api;
  #window;
  #running = null;
  #settle = null;
  #afterVerifying = null;
  #failures = 0;
  #flow = "";
  #begun = "";
  #news = "";
  #isSending = false;

  connectedCallback() {
    this.#api = new Api(this.dataset.api);
    this.#window = new DialogWindow(this, {
      cancel: (event) => this.#cancel(event),
      click: (wish) => this.#clicked(wish),
      closed: () => this.#running && this.#closed(),
      submit: (event) => this.#submitted(event),
    });
    window.addEventListener("beforeunload", (event) => this.#window.view === "codes" && event.preventDefault());
    listen("verified", ({ detail }) => detail.fromAnotherTab && this.#verifiedElsewhere());
  }

  get isReady() {
    return Boolean(this.dataset.api) && this.#window.canOpen;
  }

  get isOpen() {
    return this.#running !== null;
  }

  /** Ask for a code, or to enroll first, as a challenge says. */
  stepUp(challenge = {}) {
    return this.#run(() => this.#answer(challenge));
  }

  /** Lead through the enrollment of an authenticator app. */
  enroll() {
    return this.#run(() => this.#begin());
  }

  text(name) {
    return this.#window.text(name);
  }

  /** Let a screen reader speak, whether the dialog is open or not. */
  announce(words) {
    this.#window.announce(words);
  }

  #run(start) {
    if (this.#running) return this.#running;
    this.#failures = 0;
    this.#afterVerifying = null;
    this.#flow = this.#begun = this.#news = "";
    this.#running = new Promise((resolve) => (this.#settle = resolve));
    const running = this.#running;
    start();
    return running;
  }

  #finish(isThrough) {
    this.#running = null;
    this.#window.close(isThrough && this.#news);
    this.#settle(isThrough);
  }

  #answer({ code, enrolled, flow }) {
    this.#flow = flow ?? "";
    if (code === ENROLL_FIRST || enrolled === false) return this.#enrollOrGiveUp();
    return this.#showCode();
  }

  async #enrollOrGiveUp() {
    // Enrolled already, and still asked to enroll: no device is of the class that the flow wants.
    this.#window.show("wait");
    const { outcome, body } = await this.#api.get("status/");
    if (outcome === "ok" && body.enrolled) this.#window.stop("too-weak", { canRetry: false });
    else await this.#begin();
  }

  #showCode() {
    this.#window.show("code");
    this.#window.slot("asking").hidden = !this.#flow;
    this.#window.slot("flow").textContent = this.#flow;
  }

  async #begin() {
    this.#window.show("wait");
    const devices = await this.#confirmedDevices();
    if (devices.some(({ id }) => id === this.#begun)) return this.#enrolled();
    const { outcome, body } = await this.#api.post("devices/", { name: this.#nameAfter(devices) });
    if (!this.#running) return;
    if (outcome === "ok") this.#showEnrollment(body);
    else if (body.code === "mfa_required") this.#verifyFirst();
    else if (body.code === "device_limit_reached") this.#window.stop("too-many", { canRetry: false });
    else if (outcome === "refused") this.#window.stop("refused", { canRetry: false, detail: body.detail });
    else this.#window.stop(outcome);
  }

  #verifyFirst() {
    this.#afterVerifying = () => this.#begin();
    this.#showCode();
  }

  async #confirmedDevices() {
    const { body } = await this.#api.get("devices/");
    return Array.isArray(body) ? body.filter(({ confirmed }) => confirmed) : [];
  }

  #nameAfter(devices) {
    const name = this.text("device-name");
    return devices.length ? `${name} ${devices.length + 1}` : name;
  }

  #showEnrollment({ id, secret, qr_svg: svg }) {
    this.#window.showKey(secret, parsed(svg).querySelector("svg"));
    this.#begun = id;
  }

  #clicked(wish) {
    if (wish === "cancel") this.#finish(this.#window.view === "enrolled");
    if (wish === "recovery") this.#window.show("recovery");
    if (wish === "code") this.#showCode();
  }

  #cancel(event) {
    event.preventDefault();
    if (this.#window.view !== "codes") this.#finish(this.#window.view === "enrolled");
    else this.#window.say("acknowledge");
  }

  #closed() {
    // Some browsers close a dialog on the second Escape, whatever we say.
    if (this.#window.view === "codes") this.#window.open();
    else this.#finish(false);
  }

  #submitted(event) {
    event.preventDefault();
    if (this.#isSending) return;
    const { field } = this.#window;
    const act = {
      code: () => this.#verify(digitsIn(field.value)),
      recovery: () => this.#verify(field.value.trim()),
      enroll: () => this.#confirm(digitsIn(field.value)),
      codes: () => this.#window.isAcknowledged() && this.#finish(true),
      stopped: () => this.#begin(),
    }[this.#window.view];
    act?.();
  }

  async #verify(code) {
    const answer = await this.#send("verifications/", code);
    if (answer?.outcome === "signed-out") this.#window.say("signed-out");
    if (answer?.outcome !== "ok") return;
    await this.#report("verified");
    this.#afterVerifying ? this.#afterVerifying() : this.#finish(true);
  }

  async #confirm(code) {
    const answer = await this.#send(`devices/${this.#begun}/confirmation/`, code);
    if (answer?.status === 404) await this.#lookForIt();
    if (answer?.outcome === "signed-out") this.#window.stop("signed-out-enroll");
    if (answer?.outcome !== "ok") return;
    await this.#report("enrolled");
    if (answer.body.recovery_codes) this.#window.showCodes(answer.body.recovery_codes);
    else this.#finish(true);
  }

  /** Nothing is left to confirm: either it took too long, or the answer to a right code was lost. */
  async #lookForIt() {
    const devices = await this.#confirmedDevices();
    if (devices.some(({ id }) => id === this.#begun)) await this.#enrolled();
    else this.#window.stop("over");
  }

  async #enrolled() {
    await this.#report("enrolled");
    this.#window.show("enrolled");
  }

  async #report(news) {
    await renewToken();
    this.#news = news;
    this.announce(this.text(news));
    tell(news);
  }

  #verifiedElsewhere() {
    const isWaiting = this.#window.view === "code" || this.#window.view === "recovery";
    if (!isWaiting || this.#isSending) return;
    this.#afterVerifying ? this.#afterVerifying() : this.#finish(true);
  }

  async #send(path, code) {
    const { form } = this.#window;
    if (!this.#window.accepts(code)) return null;
    this.#isSending = true;
    form.setAttribute("aria-busy", "true");
    this.#window.say("");
    this.announce(this.text("checking"));
    const answer = await this.#api.post(path, { code });
    this.#isSending = false;
    form.removeAttribute("aria-busy");
    if (this.#window.form !== form) return null;
    this.announce("");
    if (answer.outcome !== "ok") this.#explain(answer);
    return answer;
  }

  #explain({ outcome, status, body }) {
    if (body.code === "mfa_failed") this.#wrong();
    else if (body.code === "mfa_locked") this.#window.lock(body.retry_after);
    else if (outcome === "offline" || outcome === "unwell") this.#window.say(outcome);
    else if (outcome === "refused" && status !== 404) this.#window.say("refused");
  }

  #wrong() {
    this.#failures += 1;
    const isRecovery = this.#window.view === "recovery";
    const hint = !isRecovery && this.#failures >= CLOCK_HINT_AFTER ? ` ${this.text("clock")}` : "";
    this.#window.askAgain(isRecovery ? "wrong-recovery" : "wrong", hint);
  }
}

customElements.define("mfa-dialog", MfaDialog);
