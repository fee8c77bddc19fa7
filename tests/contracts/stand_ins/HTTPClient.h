// Stands in for the HTTP library of ESP32 boards: a GET of an address such as http://127.0.0.1:8000/update?field1=21.4.
#pragma once
#include "WiFi.h"

class HTTPClient {
 public:
  bool begin(const String& address) {
    String rest = address.substring(7);  // after http://
    int colon = rest.indexOf(":"), slash = rest.indexOf("/");
    host_ = rest.substring(0, colon);
    port_ = static_cast<uint16_t>(rest.substring(colon + 1).toInt());
    path_ = rest.substring(slash);
    return true;
  }
  int GET() {
    if (!line_.connect(host_.c_str(), port_)) return -1;
    line_.print(String("GET ") + path_ + " HTTP/1.1\r\nHost: " + host_ + "\r\nUser-Agent: ESP32HTTPClient\r\n\r\n");
    answer_ = line_.answer();
    return static_cast<int>(answer_.substring(9).toInt());
  }
  String getString() { return answer_.substring(answer_.indexOf("\r\n\r\n") + 4); }
  void end() { line_.stop(); }

 private:
  WiFiClient line_;
  String host_, path_, answer_;
  uint16_t port_ = 80;
};
