import { Stock as Store, reserve } from "./stock";
import * as path from "path";
import fs from "fs";

export interface Priced {
  price(): number;
}

export type Money = number;

enum Colour {
  Red,
}

namespace Tools {
  export function helper(): void {}
}

export abstract class Basket<T> extends Base implements Priced {
  private size: number = 0;

  constructor(private stock: Store) {
    super();
    this.stock = new Store();
  }

  price(): number {
    return reserve(path.join("a", "b"));
  }
}

export const discount = (value: number): number => value / 2;

export const LIMIT = 10;

function view(): void {
  discount(LIMIT);
}
