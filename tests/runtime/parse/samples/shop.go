package shop

import (
	"fmt"
	hold "example.org/stock"
)

const Limit = 10

var registry = map[string]int{}

type Priced interface {
	Price() int
}

type Basket struct {
	Base
	size int
}

type Money int

func (b *Basket) Price() int {
	return hold.Reserve(b.size)
}

func discount(value int) int {
	fmt.Println(value)
	return value / 2
}
