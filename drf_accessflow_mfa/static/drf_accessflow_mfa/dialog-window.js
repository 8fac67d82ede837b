/**
 * What the native dialog of <mfa-dialog> shows: one of the server's views, an
 * error, the wait of a lock, and a status that is spoken and not seen.
 *
 * The status stays in the dialog while the views come and go: a screen reader
 * hears nothing from outside of an open dialog, nor from what has just come.
 */

import { DIGITS, enhanceCodeField } from "./code-field.js";
import { countDown } from "./countdown.js";
import { giveFocusBack } from "./focus.js";
import { durationInWords } from "./language.js";

/** Seconds. A lock that ends by itself ends within a day. */
const NEVER_ENDS = 86_400;

export class DialogWindow {
  view = "";
  #host;
  #dialog;
  #opener = null;
  #submit;
  #stopCountdown = () => {};

  constructor(host, { cancel, click, closed, submit }) {
    this.#host = host;
    this.#dialog = host.querySelector("dialog");
    this.#submit = submit;
    // closedby="none" keeps Escape from closing the recovery codes; where it is known, no "cancel" comes.
    this.#dialog.addEventListener("cancel", cancel);
    this.#dialog.addEventListener("keydown", (event) => event.key === "Escape" && cancel(event));
    this.#dialog.addEventListener("close", closed);
    this.#dialog.addEventListener("click", ({ target }) => click(target.closest("[data-do]")?.dataset.do));
  }

  get canOpen() {
    return typeof this.#dialog?.showModal === "function";
  }

  get form() {
    return this.#dialog.querySelector("form");
  }

  get field() {
    return this.form.elements.code;
  }

  slot(name) {
    return this.#dialog.querySelector(`[data-slot="${name}"]`);
  }

  text(name) {
    return this.#host.querySelector("template[data-texts]").content.querySelector(`[data-text="${name}"]`).textContent;
  }

  show(view) {
    const template = this.#host.querySelector(`template[data-view="${view}"]`);
    this.#stopCountdown();
    this.view = view;
    this.slot("view").replaceChildren(document.importNode(template.content, true));
    this.form.addEventListener("submit", this.#submit);
    if (this.field?.hasAttribute("data-digits")) {
      enhanceCodeField(this.field, { submit: () => this.form.requestSubmit() });
    }
    this.open();
    this.#dialog.querySelector("[data-focus]")?.focus();
  }

  open() {
    if (this.#dialog.open) return;
    this.#opener ??= document.activeElement;
    this.#dialog.showModal();
  }

  showKey(secret, picture) {
    this.show("enroll");
    this.slot("qr").replaceChildren(document.importNode(picture, true));
    this.slot("key").textContent = secret.match(/.{1,4}/g).join(" ");
  }

  showCodes(codes) {
    this.show("codes");
    const items = codes.map((code) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("code"), { textContent: code }));
      return item;
    });
    this.slot("codes").replaceChildren(...items);
    this.form.querySelector("[data-mfa-tools]").hidden = false;
  }

  /** Say why it does not go on; `detail` is the server's own sentence. */
  stop(message, { canRetry = true, detail } = {}) {
    this.show("stopped");
    this.form.querySelector("[type=submit]").hidden = !canRetry;
    if (detail) this.slot("error").textContent = detail;
    else this.say(message);
  }

  /** Close, leave nothing secret in the document, and give the focus back. */
  close(news) {
    this.#stopCountdown();
    this.view = "";
    this.#dialog.close();
    this.slot("view").replaceChildren();
    this.slot("announcement").textContent = "";
    giveFocusBack(this.#opener);
    this.#opener = null;
    if (news) this.announce(this.text(news));
  }

  say(message, ...more) {
    if (message.startsWith("signed-out")) more.push(" ", this.#signInLink());
    this.slot("error")?.replaceChildren(message && this.text(message), ...more);
    if (!message) this.field?.removeAttribute("aria-invalid");
  }

  /** Let a screen reader speak. */
  announce(words) {
    const status = this.#dialog.open
      ? this.slot("announcement")
      : this.#host.querySelector(":scope > [data-slot=announcement]");
    status.textContent = words;
  }

  /** Tell whether a code can be sent, and the user what it lacks. */
  accepts(code) {
    const isRecovery = this.view === "recovery";
    if (isRecovery ? code : code.length >= DIGITS) return true;
    this.say(isRecovery ? "empty" : "short");
    this.field.focus();
    return false;
  }

  /** Tell whether the recovery codes are said to be saved, and the user to say so. */
  isAcknowledged() {
    const { saved } = this.form.elements;
    if (saved.checked) return true;
    this.say("acknowledge");
    saved.focus();
    return false;
  }

  askAgain(message, ...more) {
    this.field.value = "";
    this.field.setAttribute("aria-invalid", "true");
    this.say(message, ...more);
    this.field.focus();
  }

  /** Take no code until a lock is over; this many seconds, or until somebody helps. */
  lock(seconds) {
    const controls = [this.field, this.form.querySelector("[type=submit]")];
    for (const control of controls) control.disabled = true;
    this.field.value = "";
    (this.form.querySelector("[data-do=recovery]") ?? this.form.querySelector("[data-do=cancel]")).focus();
    const isForGood = seconds >= NEVER_ENDS;
    const lock = isForGood ? "disabled" : "locked";
    this.say(this.view === "code" ? lock : `${lock}-${this.view}`, isForGood ? "" : spoken(this.#retryIn(seconds)));
    if (!isForGood) this.#countDown(seconds, controls);
  }

  #countDown(seconds, controls) {
    this.#stopCountdown = countDown(this.slot("countdown"), seconds, {
      text: this.text("retry-after"),
      soon: (left) => this.announce(this.#retryIn(left)),
      over: () => {
        for (const control of controls) control.disabled = false;
        this.say("");
        this.announce(this.text("retry-now"));
        this.field.focus();
      },
    });
  }

  #signInLink() {
    const link = { href: this.#host.dataset.login, target: "_blank", rel: "noopener" };
    return Object.assign(document.createElement("a"), { ...link, textContent: this.text("sign-in") });
  }

  #retryIn(seconds) {
    return this.text("retry-after").replace("{wait}", durationInWords(seconds, this.#host));
  }
}

/** The clock beside it shows the same. */
function spoken(words) {
  return Object.assign(document.createElement("span"), { className: "afm-only-read", textContent: ` ${words}` });
}
