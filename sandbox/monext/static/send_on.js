/* Sends the form that leads to the bank. */
document.getElementById("send-on").submit();
