// Stands in for the Arduino core, as far as the example sketch uses it, so that the sketch runs on this computer.
#pragma once
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

using std::isnan;

class String {
 public:
  String(const char* text = "") : text_(text) {}
  explicit String(int number) : text_(std::to_string(number)) {}
  explicit String(unsigned int number) : text_(std::to_string(number)) {}
  explicit String(unsigned long number) : text_(std::to_string(number)) {}
  explicit String(float number, unsigned int decimals) {
    char written[40];
    snprintf(written, sizeof written, "%.*f", static_cast<int>(decimals), static_cast<double>(number));
    text_ = written;
  }
  String& operator+=(const String& other) { text_ += other.text_; return *this; }
  String& operator+=(char letter) { text_ += letter; return *this; }
  friend String operator+(String left, const String& right) { return left += right; }
  unsigned int length() const { return static_cast<unsigned int>(text_.size()); }
  int indexOf(const char* part) const {
    auto found = text_.find(part);
    return found == std::string::npos ? -1 : static_cast<int>(found);
  }
  String substring(int from) const { return String(text_.substr(from).c_str()); }
  String substring(int from, int to) const { return String(text_.substr(from, to - from).c_str()); }
  long toInt() const { return atol(text_.c_str()); }
  void toLowerCase() { for (char& letter : text_) letter = static_cast<char>(tolower(letter)); }
  const char* c_str() const { return text_.c_str(); }

 private:
  std::string text_;
};

struct SerialPort {
  void begin(long) {}
  void print(const char* text) { fputs(text, stdout); }
  void print(int number) { printf("%d", number); }
  void println(const char* text) { puts(text); fflush(stdout); }
  void println(const String& text) { println(text.c_str()); }
  void println(int number) { println(String(number)); }
};
static SerialPort Serial;

const int A0 = 36, INPUT_PULLUP = 5, LOW = 0, HIGH = 1;
inline void pinMode(int, int) {}
inline int analogRead(int pin) { return pin == A0 ? 886 : 0; }
inline int digitalRead(int) { return HIGH; }
inline long random(long from, long to) { return from + std::rand() % (to - from); }
inline void delay(unsigned long ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }
inline unsigned long millis() {
  static const auto start = std::chrono::steady_clock::now();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

void setup();
void loop();
int main() {
  setup();
  for (;;) {
    loop();
    delay(1);
  }
}
