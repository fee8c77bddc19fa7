// Stands in for the Wi-Fi library of Arduino boards: a network that is joined at once, and TCP of this computer.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "Client.h"

const int WL_CONNECTED = 3, WL_DISCONNECTED = 6;

struct WiFiStation {
  int state = WL_DISCONNECTED;
  void begin(const char*, const char*) { state = WL_CONNECTED; }
  int status() const { return state; }
};
static WiFiStation WiFi;

class WiFiClient : public Client {
 public:
  ~WiFiClient() override { stop(); }
  int connect(const char* host, uint16_t port) override {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, host, &address.sin_addr);
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    return ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  void print(const String& text) override { send(socket_, text.c_str(), text.length(), MSG_NOSIGNAL); }
  int available() override {
    int waiting = 0;
    ioctl(socket_, FIONREAD, &waiting);
    return waiting;
  }
  int read() override {
    unsigned char byte = 0;
    return recv(socket_, &byte, 1, 0) == 1 ? byte : -1;
  }
  bool connected() override {
    char byte;
    ssize_t seen = recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return seen > 0 || (seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
  }
  void stop() override {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }

 private:
  int socket_ = -1;
};
