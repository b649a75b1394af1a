interface SwaggerWindow {
  SwaggerUIBundle(options: Record<string, unknown>): unknown;
  ui?: unknown;
}

/** Some of Swagger UI's lists have no accessible name. */
function nameLists(): void {
  for (const list of document.querySelectorAll('select:not([aria-label])')) {
    const isExample = list.classList.contains('examples-select-element');
    list.setAttribute('aria-label', list.id === 'servers' ? 'Server' : isExample ? 'Example' : 'Choice');
  }
}

window.addEventListener('load', () => {
  const page = window as unknown as SwaggerWindow;
  page.ui = page.SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    displayRequestDuration: true,
    persistAuthorization: false,
  });
  new MutationObserver(nameLists).observe(document.body, { childList: true, subtree: true });
});
