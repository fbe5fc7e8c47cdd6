use std::collections::HashMap;
use crate::stock::{Stock, reserve as hold};

const LIMIT: u32 = 10;

pub trait Priced: Clone {
    fn price(&self) -> u32;
}

pub struct Basket {
    size: u32,
}

pub enum Colour {
    Red,
}

type Money = u32;

mod tools {
    pub fn helper() {}
}

impl Priced for Basket {
    fn price(&self) -> u32 {
        hold(self.size.max(LIMIT));
        Stock::new()
    }
}

macro_rules! shout {
    () => {};
}

fn discount(value: u32) -> u32 {
    println!("{}", value);
    value / 2
}
