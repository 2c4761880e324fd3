//! Configuration files of ptp4l, from outside.

use ptp_scenario::Ptp4lConfig;
use sim_core::{DatasetComparison, DelayFilter, OptionNames, Ptp4lSetup, TimestampProcessing};

fn parse(text: &str) -> Ptp4lConfig {
    Ptp4lConfig::parse(text).expect("the configuration is right")
}

fn problems(text: &str) -> Vec<String> {
    let problems = Ptp4lConfig::parse(text).expect_err("the configuration is wrong");
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_not_set_has_linuxptps_own_defaults() {
    // `config.c` of linuxptp 4.4.
    let setup = parse("").setup;
    assert_eq!((setup.log_announce_interval, setup.log_sync_interval), (1, 0));
    assert_eq!((setup.log_min_delay_request_interval, setup.announce_receipt_timeout), (0, 3));
    assert_eq!((setup.first_step_threshold_ns, setup.step_threshold_ns), (20_000, 0));
    assert_eq!((setup.clock_class, setup.priority2, setup.clock_class_threshold), (248, 128, 248));
    assert!(!setup.client_only && setup.gm_capable && !setup.free_running && setup.ports.is_empty());
    assert_eq!((setup.summary_interval, setup.timestamps.filter_length), (0, 10));
    assert_eq!(
        (setup.priority1, setup.clock_accuracy, setup.offset_scaled_log_variance),
        (128, 0xfe, 0xffff)
    );
    assert_eq!((setup.dataset_comparison, setup.fault_reset_interval), (DatasetComparison::Ieee1588, 4));
    assert!(!setup.boundary_clock_jbod);
}

#[test]
fn the_operators_conformance_profile_is_the_simulators_default() {
    let path = format!("{}/../../scenarios/recorded/4.4/base.conf", env!("CARGO_MANIFEST_DIR"));
    let config = parse(&std::fs::read_to_string(path).expect("the recording is there"));
    let default = Ptp4lSetup::default();
    let option_names = OptionNames::Current;
    let expected = Ptp4lSetup { client_only: false, ports: Vec::new(), option_names, ..default };
    assert_eq!(config.setup, expected);
    assert!(config.ignored.contains(&"domainNumber".to_owned()), "{:?}", config.ignored);
}

#[test]
fn sections_that_are_interfaces_are_ports() {
    let text = "[global]\nclientOnly 0\ngmCapable 0\n[eth0]\nserverOnly 0\n[eth1]\nmasterOnly 1\n\
                G.8275.portDS.localPriority 10\n[unicast_master_table]\ntable_id 1\n";
    let config = parse(text);
    let ports = &config.setup.ports;
    assert_eq!(ports.len(), 2);
    assert_eq!(
        (ports[0].interface.as_str(), ports[0].server_only, ports[0].local_priority),
        ("eth0", false, 128)
    );
    assert_eq!(
        (ports[1].interface.as_str(), ports[1].server_only, ports[1].local_priority),
        ("eth1", true, 10)
    );
    assert!(!config.setup.gm_capable);
    assert_eq!(config.ignored, ["table_id"]);
}

#[test]
fn options_of_offsets_and_the_servo_are_read() {
    let setup = parse(
        "tsproc_mode raw_weight\ndelay_filter moving_average\ndelay_filter_length 4\n\
         pi_proportional_const 0.7\npi_integral_const 0.3\npi_integral_scale 0.1\n\
         first_step_threshold 0.0\nstep_threshold 1.5\nlogSyncInterval -3\nfree_running 1\n\
         freq_est_interval 2\nsummary_interval 1\n",
    )
    .setup;
    assert_eq!(setup.timestamps.processing, TimestampProcessing::RawWeight);
    assert_eq!((setup.timestamps.filter, setup.timestamps.filter_length), (DelayFilter::MovingAverage, 4));
    assert_eq!((setup.servo.proportional, setup.servo.integral), (0.7, 0.3));
    assert_eq!(setup.servo_scales.integral_scale, 0.1);
    assert_eq!((setup.first_step_threshold_ns, setup.step_threshold_ns), (0, 1_500_000_000));
    assert!(setup.free_running);
    assert_eq!((setup.log_sync_interval, setup.freq_est_interval, setup.summary_interval), (-3, 2, 1));
}

#[test]
fn everything_that_is_wrong_or_not_supported_is_told_at_once() {
    let text = "[global]\nclock_servo linreg\ndelay_mechanism P2P\nlogSyncInterval fast\n\
                announceReceiptTimeout 1\nstep_threshold -1\ntsproc_mode best\nclientOnly yes\n\
                serverOnly\n[eth0\n[eth0]\nlogSyncInterval -4\n";
    assert_eq!(
        problems(text),
        [
            "line 2: the simulator knows clock_servo pi only, not linreg",
            "line 3: the simulator knows delay_mechanism E2E or Auto only, not P2P",
            "line 4: logSyncInterval is \"fast\", not a whole number from -7 to 9",
            "line 5: announceReceiptTimeout is \"1\", not a whole number from 2 to 255",
            "line 6: step_threshold is \"-1\", not a number from 0 to 1e6",
            "line 7: tsproc_mode is \"best\", not filter or raw or filter_weight or raw_weight",
            "line 8: clientOnly is \"yes\", not 0 or 1",
            "line 9: an option has no value",
            "line 10: the name of a section does not end with \"]\"",
            "line 12: the simulator knows logSyncInterval for all ports only",
        ]
    );
}
