#include <anemon/client.h>

#include <cstdio>

int main() {
  const anemon::client::Model model("consumer", "cpu", {"token"});
  if (!model) return 1;
  {
    anemon::client::Inference inference(model);
    inference.add(0, 12);
  }
  const anemon::client::Session session("consumer", 100);
  std::printf("%s\n", session ? session.id() : anemon_last_error());
}
