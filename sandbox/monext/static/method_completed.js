/* Tells the pages around this frame, the widget's among them, that the method of 3-D Secure is over; nothing else. */
for (let frame = window; frame !== window.top; frame = frame.parent) {
  frame.parent.postMessage({ threeDSMethod: "completed" }, "*");
}
