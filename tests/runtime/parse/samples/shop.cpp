#include <vector>
#include "stock.hpp"

using std::vector;

namespace shop {

class Basket : public Base, private Priced {
public:
    Basket(int size) : size_(size) {}
    int price() const { return stock::reserve(size_); }
    virtual int total();

private:
    int size_;
};

enum class Colour { Red };

template <typename T>
T discount(T value) {
    return value / 2;
}

}  // namespace shop

int shop::Basket::total() {
    auto held = discount<int>(this->price());
    return helper.find(held);
}
