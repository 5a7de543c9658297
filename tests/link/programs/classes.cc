// libc++: strings, vectors, maps, std::function, virtual calls, RTTI, static objects with destructors, streams.
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct Animal {
    virtual ~Animal() { std::cout << "gone: " << --alive << '\n'; }
    virtual std::string name() const = 0;
    inline static int alive = 2;
};
struct Cat : Animal {
    std::string name() const override { return "cat"; }
};
struct Dog : Animal {
    std::string name() const override { return "dog, a longer name than fits inline"; }
};

static std::map<std::string, int> counts{{"one", 1}, {"two", 2}, {"three", 3}};
inline std::vector<std::function<int(int)>> steps;
static const bool filled = (steps.push_back([](int x) { return x + 1; }), steps.push_back([](int x) { return x * 10; }), true);

int main() {
    std::vector<std::unique_ptr<Animal>> zoo;
    zoo.push_back(std::make_unique<Cat>());
    zoo.push_back(std::make_unique<Dog>());
    for (const auto &animal : zoo)
        std::cout << animal->name() << (dynamic_cast<const Cat *>(animal.get()) ? " purrs" : " barks") << '\n';
    for (const auto &[name, count] : counts)
        std::cout << name << '=' << count << ' ';
    int value = 4;
    for (const auto &step : steps)
        value = step(value);
    std::cout << value << ' ' << 2.5 << ' ' << filled << std::endl;
}
