/**
 * stepUpFetch(input, init): fetch() that answers a step-up challenge with this page's dialog.
 *
 * What it throws when the user does not get through, and what it does with
 * streams and other origins, is said in step-up.js.
 */

import { csrfToken } from "./csrf.js";
import { createStepUpFetch } from "./step-up.js";

export const stepUpFetch = createStepUpFetch({
  async stepUp(challenge) {
    const dialog = document.querySelector("mfa-dialog");
    return dialog?.isReady ? dialog.stepUp(challenge) : false;
  },
  csrf: (url) => (new URL(url).origin === location.origin ? csrfToken() : ""),
});
