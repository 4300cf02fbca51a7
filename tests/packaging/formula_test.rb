# Reads Homebrew's recipe with the few words of its language that it uses.
require "minitest/autorun"

ROOT = File.expand_path("../..", __dir__)

class Formula
  class << self
    attr_reader :said

    def inherited(recipe)
      super
      recipe.instance_variable_set(:@said, Hash.new { |all, key| all[key] = [] })
    end

    %i[desc homepage license head depends_on service test].each do |word|
      define_method(word) { |*values, **options, &block| @said[word] << [values, options, block] }
    end
  end
end

class Service
  attr_reader :said

  def initialize(&block)
    @said = {}
    instance_eval(&block)
  end

  %i[run keep_alive process_type throttle_interval log_path error_log_path].each do |word|
    define_method(word) { |value| @said[word] = value }
  end

  def opt_bin = Folder.new("/opt/homebrew/opt/anemon/bin")
  def var = Folder.new("/opt/homebrew/var")
end

Folder = Struct.new(:path) do
  def /(other) = "#{path}/#{other}"
end

require File.join(ROOT, "packaging/homebrew/anemon")

class FormulaTest < Minitest::Test
  def said(word) = Anemon.said[word]

  def test_what_it_depends_on_is_what_the_brewfile_installs_but_for_tests
    only_for_tests = %w[catch2 prometheus shellcheck]
    brewfile = File.readlines(File.join(ROOT, "Brewfile")).filter_map { |line| line[/^brew "(.+)"/, 1] }
    needed = said(:depends_on).filter_map do |values, options|
      values.first || options.keys.find { |key| key.is_a?(String) }
    end
    assert_equal (brewfile - only_for_tests).sort, needed.sort
  end

  def test_its_service_is_the_launch_agent
    service = Service.new(&said(:service).first.last).said
    assert_equal "/opt/homebrew/opt/anemon/bin/anemond", service[:run]
    assert_equal true, service[:keep_alive]
    plist = File.read(File.join(ROOT, "launchd/io.anemon.anemond.agent.plist"))
    assert_equal plist[/ProcessType.*?<string>(\w+)/m, 1].downcase.to_sym, service[:process_type]
    assert_equal plist[/ThrottleInterval.*?<integer>(\d+)/m, 1].to_i, service[:throttle_interval]
  end

  def test_addresses_are_placeholders_that_nobody_can_own
    (said(:homepage) + said(:head)).each do |values, _|
      assert_match %r{\Ahttps://anemon\.example(/|\z)}, values.first
    end
  end

  def test_it_has_a_license_a_description_and_a_test
    assert_equal "Apache-2.0", said(:license).first.first.first
    assert_operator said(:desc).first.first.first.size, :<, 80
    refute_nil said(:test).first.last
  end
end
