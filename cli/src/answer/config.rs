//! A case's `config` as settings of the cluster.

use switchboard_engine::cluster::Environment;

use super::Line;

/// The environment that the line describes.
pub(super) fn environment(line: &Line) -> Environment {
    let mut environment = Environment::default();
    environment.proxy.mode = line.proxy_mode;
    super::dns::configure(&line.config, &mut environment);
    environment
}
