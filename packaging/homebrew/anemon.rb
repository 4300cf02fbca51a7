# Homebrew's recipe. To try it from a checkout:  brew install --HEAD ./packaging/homebrew/anemon.rb
class Anemon < Formula
  desc "Telemetry daemon and profiler for machine learning on Apple silicon"
  # Placeholders: anemon has no public address yet.
  homepage "https://anemon.example"
  license "Apache-2.0"
  head "https://anemon.example/anemon.git", branch: "main"

  depends_on "cli11" => :build
  depends_on "cmake" => :build
  depends_on "ninja" => :build
  depends_on "nlohmann-json" => :build
  depends_on "node" => :build # bundles the script of HTML reports
  depends_on "pkg-config" => :build
  depends_on "cpp-httplib"
  depends_on "fmt"
  depends_on macos: :ventura
  depends_on "prometheus-cpp"
  depends_on "spdlog"
  depends_on "sqlite"
  depends_on "yaml-cpp"

  def install
    web = "profiler/report/web"
    mkdir_p "build/tools/npm/web"
    cp ["#{web}/package.json", "#{web}/package-lock.json"], "build/tools/npm/web"
    system "npm", "ci", "--prefix", "build/tools/npm/web", "--ignore-scripts"
    system "cmake", "-S", ".", "-B", "build", "-G", "Ninja", "-DANEMON_TESTS=OFF", *std_cmake_args
    system "cmake", "--build", "build"
    system "cmake", "--install", "build"
    generate_completions_from_executable(bin/"anemonctl", "completion")
  end

  # For one user: "brew services start anemon". As the account _anemon, and with the root helper:
  # see caveats.
  service do
    run opt_bin/"anemond"
    keep_alive true
    # See launchd/io.anemon.anemond.agent.plist.
    process_type :interactive
    throttle_interval 30
    log_path var/"log/anemond.log"
    error_log_path var/"log/anemond.log"
  end

  def caveats
    <<~EOS
      What anemond cannot see as your user, and what would change that:
        anemonctl doctor
      Dashboards, rules and a configuration for Prometheus are in
        #{opt_pkgshare}/grafana
      Homebrew's folders belong to you: for a daemon of the whole machine install the package
      that packaging/build-pkg makes.
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/anemond --version") unless build.head?
    system bin/"anemond", "--check-config"
    assert_match "anemond", shell_output("#{bin}/anemonctl --socket #{testpath}/none status 2>&1", 3)
  end
end
