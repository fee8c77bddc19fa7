// Stands in for what all lines of Arduino boards have in common, by which libraries know them.
#pragma once
#include <cstdint>

#include "Arduino.h"

class Client {
 public:
  virtual ~Client() {}
  virtual int connect(const char* host, uint16_t port) = 0;
  virtual void print(const String& text) = 0;
  virtual int available() = 0;
  virtual int read() = 0;
  virtual bool connected() = 0;
  virtual void stop() = 0;

  // The answer's head and body, once all that its Content-Length promises is there.
  String answer() {
    String text;
    while (connected() && !isWhole(text)) {
      if (available()) text += (char)read();
      else delay(1);
    }
    return text;
  }

 private:
  static bool isWhole(const String& text) {
    int length = text.indexOf("Content-Length: "), end = text.indexOf("\r\n\r\n");
    return end >= 0 && length >= 0 && (long)text.length() >= end + 4 + text.substring(length + 16).toInt();
  }
};
