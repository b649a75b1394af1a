/** Some of Swagger UI's lists have no accessible name. */
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
