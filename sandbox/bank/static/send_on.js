/* Sends the page's only form, as the protocol wants it of a browser. */
document.querySelector("form").submit();
