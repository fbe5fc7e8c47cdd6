#include <stdio.h>
#include "stock.h"

#define LIMIT 10
#define TWICE(x) ((x) * 2)

typedef struct basket {
    int size;
} basket_t;

enum colour { RED };

struct point { int x; };

static int registry = 0;

static int *price(struct basket *b)
{
    return reserve(b->size, TWICE(b->count()));
}

int discount(int value) {
    return value / 2;
}
