// docker/ over tcp and TLS: the real engine behind a TLS end of the test's own, with certificates of its own.
#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

#include "base/wait.h"
#include "docker/attach.h"
#include "docker/container_inspect.h"
#include "docker/container_lifecycle.h"
#include "docker/curl_transport.h"
#include "docker/exit_watch.h"
#include "tests/support/engine.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

namespace docker {
namespace {

using tests::engine;
using tests::patient;

/// A tunnel to the engine's socket that asks for a client certificate.
class TlsTunnel {
 public:
  TlsTunnel() : port_(tests::free_port()) {
    make_certificates();
    const auto file = [this](const char* name) { return (folder_.path() / name).string(); };
    const auto socket = find_endpoint(process_environment())->socket_path;
    process_ = std::make_unique<tests::Process>(std::vector<std::string>{
        "socat",
        "OPENSSL-LISTEN:" + std::to_string(port_) + ",bind=127.0.0.1,reuseaddr,fork,cert=" +
            file("server.pem") + ",key=" + file("server.key") + ",cafile=" + file("ca.pem") + ",verify=1",
        "UNIX-CONNECT:" + socket});
  }

  [[nodiscard]] Endpoint endpoint(bool with_certificate = true, const char* host = "127.0.0.1") const {
    const auto file = [this](const char* name) { return (folder_.path() / name).string(); };
    Endpoint endpoint;
    endpoint.host = host;
    endpoint.port = port_;
    endpoint.tls = TlsFiles{file("ca.pem"), with_certificate ? file("client.pem") : "",
                            with_certificate ? file("client.key") : "", true};
    return endpoint;
  }

  /// A client through the tunnel, once it listens.
  [[nodiscard]] Result<std::unique_ptr<Client>> connect(const Endpoint& endpoint) const {
    auto client = Client::connect(std::make_unique<CurlTransport>(endpoint), patient());
    while (!client && client.error().kind == ErrorKind::unreachable) {
      base::pause_for(std::chrono::milliseconds(20), {});
      client = Client::connect(std::make_unique<CurlTransport>(endpoint), patient());
    }
    return client;
  }

 private:
  void make_certificates() const {
    const auto openssl = [this](std::vector<std::string> words) {
      words.insert(words.begin(), "openssl");
      const auto made = tests::run(words, {folder_.path(), {}});
      ASSERT_EQ(made.exit_code, 0) << made.err;
    };
    folder_.write("san.txt", "subjectAltName=IP:127.0.0.1\n");
    openssl({"req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj",
             "/CN=ca", "-days", "2"});
    for (const std::string who : {"server", "client"}) {
      openssl({"req", "-newkey", "rsa:2048", "-nodes", "-keyout", who + ".key", "-out", who + ".csr", "-subj",
               "/CN=" + who});
      openssl({"x509", "-req", "-in", who + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
               "-out", who + ".pem", "-days", "2", "-extfile", "san.txt"});
    }
  }

  tests::TempFolder folder_;
  int port_;
  std::unique_ptr<tests::Process> process_;
};

TEST(EngineTls, WholeLifeOfAContainerWithHalfClose) {
  const TlsTunnel tunnel;
  const auto client = tunnel.connect(tunnel.endpoint());
  ASSERT_TRUE(client) << client.error().describe();
  tests::Containers containers;
  const auto id = containers.create(tests::shell("cat; echo end of input; exit 4"));
  const auto stream = attach_container(**client, id, patient());
  ASSERT_TRUE(stream) << stream.error().describe();
  const auto watch = watch_exit(**client, id, patient());
  ASSERT_TRUE(watch) << watch.error().describe();
  ASSERT_TRUE(start_container(**client, id, patient()));
  const std::string large(std::size_t{3} << 20, 'x');
  std::jthread writer([&] {
    EXPECT_TRUE((*stream)->write(large, patient()));
    (*stream)->close_stdin();
  });
  std::string out;
  const auto sink = [&out](StdStream, std::string_view bytes) { out += bytes; };
  while ((*stream)->read(sink) == AttachedStream::State::open) {
    ASSERT_EQ(base::wait_for((*stream)->fd(), POLLIN, patient().deadline, {}), base::Waited::ready);
  }
  writer.join();
  EXPECT_EQ(out.size(), large.size() + std::string("end of input\n").size());
  EXPECT_TRUE(out.ends_with("xend of input\n"));
  auto status = (*watch)->poll();
  while (status && !*status) {
    ASSERT_EQ(base::wait_for((*watch)->fd(), POLLIN, patient().deadline, {}), base::Waited::ready);
    status = (*watch)->poll();
  }
  EXPECT_EQ(status->value().code, 4);
}

TEST(EngineTls, WithoutACertificateItIsRefused) {
  const TlsTunnel tunnel;
  ASSERT_TRUE(tunnel.connect(tunnel.endpoint()));
  const auto client = tunnel.connect(tunnel.endpoint(false));
  ASSERT_FALSE(client);
  EXPECT_TRUE(client.error().kind == ErrorKind::tls || client.error().kind == ErrorKind::broken)
      << client.error().describe();
}

TEST(EngineTls, NameThatIsNotInTheCertificateIsRefused) {
  const TlsTunnel tunnel;
  ASSERT_TRUE(tunnel.connect(tunnel.endpoint()));
  const auto client = tunnel.connect(tunnel.endpoint(true, "localhost"));
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().kind, ErrorKind::tls) << client.error().describe();
}

}  // namespace
}  // namespace docker
