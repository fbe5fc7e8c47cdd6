import { reserve as hold } from "./stock.js";
import Store from "./store.js";
const path = require("path");

class Basket extends Base {
  static size = 0;

  total() {
    return hold(this.items());
  }
}

function price(item) {
  return path.join(item);
}

const discount = (value) => value / 2;

const LIMIT = 10;

module.exports.render = function (basket) {
  return new Basket(discount(basket));
};
