/* What Monext's script puts on a page. */

interface Window {
  Payline?: any;
}
