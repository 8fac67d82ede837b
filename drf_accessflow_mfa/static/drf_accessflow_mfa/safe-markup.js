/** Parse markup that our own server made, also under "require-trusted-types-for 'script'". */

const policy = window.trustedTypes?.createPolicy("accessflow-mfa", { createHTML: (markup) => markup });

export function parsed(markup, type = "text/html") {
  const trusted = policy ? policy.createHTML(markup) : markup;
  return new DOMParser().parseFromString(trusted, type);
}
