// Stands in for the ThingSpeak library of Arduino boards (2.1.1), as far as sending goes: where it connects to and what it
// writes. It names its server itself, and knows the line by what all lines have in common.
#pragma once
#include "Client.h"

class ThingSpeakClass {
 public:
  bool begin(Client& client) { client_ = &client; return true; }
  int setField(unsigned int field, float value) { return setField(field, String(value, 5)); }
  int setField(unsigned int field, String value) {
    form_ += String("field") + String(field) + "=" + value + "&";
    return 200;
  }
  // 200, or the status of the refusal; -401 where the update came too soon, -301 where nobody answers.
  int writeFields(unsigned long, const char* key) {
    if (!client_->connect("api.thingspeak.com", 80)) return -301;
    String body = form_ + "headers=false";
    client_->print(String("POST /update HTTP/1.1\r\nHost: api.thingspeak.com\r\nUser-Agent: tslib-arduino/2.1.1 (ESP32)\r\n") +
                   "X-THINGSPEAKAPIKEY: " + key + "\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
                   "Content-Length: " + String(body.length()) + "\r\n\r\n" + body);
    String answer = client_->answer();
    client_->stop();
    form_ = "";
    int status = answer.substring(answer.indexOf("HTTP/1.1") + 9).toInt();
    return status == 200 && answer.substring(answer.indexOf("\r\n\r\n") + 4).toInt() == 0 ? -401 : status;
  }

 private:
  Client* client_ = nullptr;
  String form_;
};
static ThingSpeakClass ThingSpeak;
