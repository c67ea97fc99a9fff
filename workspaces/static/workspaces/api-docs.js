"use strict";

// A user who is signed in tries calls with their own session; a key is entered at “Authorize”.
document.addEventListener("DOMContentLoaded", () => {
  const page = document.getElementById("api");
  window.SwaggerUIBundle({
    url: page.dataset.description,
    dom_id: "#api",
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    validatorUrl: null,
    requestInterceptor(request) {
      if (page.dataset.token) request.headers["X-CSRFToken"] = page.dataset.token;
      return request;
    },
  });
});
