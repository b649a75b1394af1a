/** Swagger UI leaves some of its lists without a name that a screen reader could say. */
const nameLists = () => {
  for (const list of document.querySelectorAll('select:not([aria-label])')) {
    const isExample = list.classList.contains('examples-select-element');
    list.setAttribute('aria-label', list.id === 'servers' ? 'Server' : isExample ? 'Example' : 'Choice');
  }
};

window.addEventListener('load', () => {
  window.ui = window.SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    displayRequestDuration: true,
    persistAuthorization: false,
  });
  new MutationObserver(nameLists).observe(document.body, { childList: true, subtree: true });
});
