/** What a page needs: <mfa-banner>, <mfa-dialog>, stepUpFetch(), and the helps on our own pages. */

import "./mfa-dialog.js";
import "./mfa-banner.js";
import { enhance } from "./page.js";

export { stepUpFetch } from "./step-up-fetch.js";

enhance(document);
