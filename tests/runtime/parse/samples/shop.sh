#!/bin/bash
source ./stock.sh

LIMIT=10

price() {
  reserve "$1"
}

function discount {
  price "$1" | head -n "$LIMIT"
}

discount 3
